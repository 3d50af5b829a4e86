"""A sign-in form and a person's requests, 20 a page, as a Django developer would write them."""

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import redirect, render

from .models import Account, AuthTransaction


class LoginForm(forms.Form):
    user_id = forms.CharField(label="아이디", max_length=64)
    password = forms.CharField(label="비밀번호", widget=forms.PasswordInput)


def login(request):
    return render(request, "login.html", {"form": LoginForm()})


def history(request):
    person = Account.objects.filter(pk=request.session.get("account")).first()
    if person is None:
        return redirect("/login?next=/history")
    mine = AuthTransaction.objects.filter(account=person).select_related("provider").order_by("-created_at")
    page = Paginator(mine, 20).get_page(request.GET.get("page"))
    return render(request, "history.html", {"person": person, "page": page})
