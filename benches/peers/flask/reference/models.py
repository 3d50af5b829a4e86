"""People, their sessions, categories, posts, comments and who has read what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, desc
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Session(Base):
    __tablename__ = "session"
    key: Mapped[str] = mapped_column(primary_key=True)
    csrf: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Category(Base):
    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    comment_count: Mapped[int]
    recommend_count: Mapped[int]
    view_count: Mapped[int]
    last_comment_at: Mapped[datetime]
    category: Mapped[Category] = relationship()
    author: Mapped[Account] = relationship()
    __table_args__ = (
        Index("post_in_category", "category_id", "id"),
        Index("post_commented", desc("last_comment_at"), desc("id")),
        Index("post_recommended", desc("recommend_count"), desc("id")),
    )


class Comment(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    # The first comment of its thread: its own id where it answers none.
    thread: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    author: Mapped[Account] = relationship()


class Reading(Base):
    __tablename__ = "reading"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    comments_seen: Mapped[int]
