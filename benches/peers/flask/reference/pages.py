"""The list, 20 a page, and a post with its comments."""

from datetime import datetime

import markdown
import nh3
from flask import Blueprint, abort, g, render_template, request
from markupsafe import Markup, escape
from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from .models import Category, Comment, Post, Reading

A_PAGE, COMMENTS = 20, 50
ORDERS = {
    "new": (Post.id.desc(),),
    "commented": (Post.last_comment_at.desc(), Post.id.desc()),
    "recommended": (Post.recommend_count.desc(), Post.id.desc()),
}
board = Blueprint("board", __name__)


@board.get("/posts")
def posts():
    page, category = request.args.get("page", 1, int), request.args.get("category", type=int)
    order = ORDERS.get(request.args.get("sort", "new"))
    if order is None or not 1 <= page <= 500:
        abort(400)
    wanted = [] if category is None else [Post.category_id == category]
    total = g.store.scalar(select(func.count()).select_from(Post).where(*wanted))
    mine = and_(Reading.post_id == Post.id, Reading.account_id == g.session.account_id)
    rows = (
        select(Post, Reading)
        .outerjoin(Reading, mine)
        .options(joinedload(Post.author, innerjoin=True), joinedload(Post.category, innerjoin=True))
        .where(*wanted)
        .order_by(*order)
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    )
    return render_template(
        "posts.html",
        person=g.session.account,
        categories=g.store.scalars(select(Category).order_by(Category.id)).all(),
        category=category,
        rows=g.store.execute(rows).all(),
        page=page,
        pages=-(-total // A_PAGE),
        total=total,
    )


@board.get("/post/<int:number>")
def post(number: int):
    wanted = select(Post).options(joinedload(Post.author), joinedload(Post.category)).where(Post.id == number)
    one = g.store.scalar(wanted)
    if one is None:
        abort(404)
    note_reading(one)
    comments = (
        select(Comment)
        .options(joinedload(Comment.author, innerjoin=True))
        .where(Comment.post_id == number)
        .order_by(Comment.thread, Comment.id)
        .limit(COMMENTS)
    )
    beside = select(Post.id, Post.title).where(Post.category_id == one.category_id).limit(1)
    return render_template(
        "post.html",
        person=g.session.account,
        csrf=g.session.csrf,
        post=one,
        html=Markup(nh3.clean(markdown.markdown(one.body, extensions=["fenced_code", "tables"]))),
        comments=g.store.scalars(comments).all(),
        older=g.store.execute(beside.where(Post.id < number).order_by(Post.id.desc())).first(),
        newer=g.store.execute(beside.where(Post.id > number).order_by(Post.id)).first(),
    )


def note_reading(one: Post) -> None:
    """Whoever reads a post first counts as a view; what they have seen is marked."""
    reading = g.store.get(Reading, (one.id, g.session.account_id))
    if reading is None:
        one.view_count += 1
        g.store.add(Reading(post_id=one.id, account_id=g.session.account_id, comments_seen=one.comment_count))
    elif reading.comments_seen != one.comment_count:
        reading.comments_seen = one.comment_count
    else:
        return
    g.store.commit()


def day(at: datetime) -> str:
    return f"{at.year}년 {at.month}월 {at.day}일 {at:%H:%M}"


def lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.splitlines())
