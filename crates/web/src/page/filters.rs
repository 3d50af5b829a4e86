//! What templates write `{{ value|filter }}` with. A module of templates has `use hanok_web::page::filters;`.
//!
//! `t` a text in the reader's language · `datetime`, `date` a moment in the organisation's time zone · `civil` a day ·
//! `iso` the same for machines · `number` with separators · `icon` an icon of the sprite · `field` a
//! [`Field`] of a form, `choice`, `check`, `textarea` its kin · `sort` a column's header, `pager` what stands below a
//! list. All that gives text is escaped like every other value.

#![expect(
    missing_docs,
    clippy::inline_always,
    reason = "askama's macro writes items of its own"
)]

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use askama::filters::Safe;
use askama::{DynTemplate, Template as _, Values};
use hanok_base::Timestamp;
use hanok_base::i18n::{Locale, Text};
use jiff::Zoned;
use jiff::civil::Date;

use super::choice::{Check, Choice, TextArea};
use super::field::Field;
use super::list::{Pager, SortHeader};
use super::view::View;

/// What [`t`] takes: a text, or a reference to one.
pub trait AsText {
    /// The text.
    fn as_text(&self) -> &Text;
}

impl AsText for Text {
    fn as_text(&self) -> &Text {
        self
    }
}

impl<T: AsText + ?Sized> AsText for &T {
    fn as_text(&self) -> &Text {
        (**self).as_text()
    }
}

/// What [`datetime`], [`date`] and [`iso`] take: a moment, or a reference to one.
pub trait AsMoment {
    /// The moment.
    fn as_moment(&self) -> Timestamp;
}

impl AsMoment for Timestamp {
    fn as_moment(&self) -> Timestamp {
        *self
    }
}

impl<T: AsMoment + ?Sized> AsMoment for &T {
    fn as_moment(&self) -> Timestamp {
        (**self).as_moment()
    }
}

/// A text in the reader's language.
#[askama::filter_fn]
pub fn t(text: impl AsText, values: &dyn Values) -> askama::Result<String> {
    Ok(View::of(values)?.tell(text.as_text()))
}

/// A moment: `2026년 11월 21일 (토) 14:30`, `Sat 21 Nov 2026, 14:30`.
#[askama::filter_fn]
pub fn datetime(at: impl AsMoment, values: &dyn Values) -> askama::Result<String> {
    let view = View::of(values)?;
    let zoned = zoned(at.as_moment(), view);
    let day = day(zoned.date(), view.locale);
    let (hour, minute) = (zoned.hour(), zoned.minute());
    Ok(match view.locale {
        Locale::Ko => format!("{day} {hour:02}:{minute:02}"),
        Locale::En => format!("{day}, {hour:02}:{minute:02}"),
    })
}

/// A day: `2026년 11월 21일 (토)`, `Sat 21 Nov 2026`.
#[askama::filter_fn]
pub fn date(at: impl AsMoment, values: &dyn Values) -> askama::Result<String> {
    let view = View::of(values)?;
    Ok(day(zoned(at.as_moment(), view).date(), view.locale))
}

/// A day that is given as one (`2026-11-21`), in the reader's words: as [`date`]. What is no day stays as it is.
#[askama::filter_fn]
pub fn civil(day: impl Display, values: &dyn Values) -> askama::Result<String> {
    let (text, view) = (day.to_string(), View::of(values)?);
    let read = text.parse::<Date>();
    Ok(read.map_or(text, |date| self::day(date, view.locale)))
}

/// A moment for `<time datetime>`: RFC 3339 in UTC.
#[askama::filter_fn]
pub fn iso(at: impl AsMoment, _values: &dyn Values) -> askama::Result<String> {
    Ok(at.as_moment().to_rfc3339())
}

/// A whole number with separators: `1,234`.
#[askama::filter_fn]
pub fn number(number: impl Display, _values: &dyn Values) -> askama::Result<String> {
    let text = number.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    Ok(out)
}

/// An icon of the sprite, by its name there; decoration, so that readers of the screen pass it over.
#[askama::filter_fn]
pub fn icon(name: impl Display, values: &dyn Values) -> askama::Result<Safe<String>> {
    let Some(sprite) = &View::of(values)?.icons else {
        return Ok(Safe(String::new()));
    };
    let mut svg = format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{sprite}#");
    let name = name.to_string();
    svg.extend(
        name.chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-'),
    );
    svg.push_str("\"/></svg>");
    Ok(Safe(svg))
}

/// A field of a form: its label, input, hint and error.
#[askama::filter_fn]
pub fn field(field: impl Borrow<Field>, values: &dyn Values) -> askama::Result<Safe<String>> {
    let field = field.borrow();
    View::of(values)?.labels.note(field.name(), field.label());
    field.render_with_values(values).map(Safe)
}

/// A choice of a form: its label, options, hint and error.
#[askama::filter_fn]
pub fn choice(choice: impl Borrow<Choice>, values: &dyn Values) -> askama::Result<Safe<String>> {
    let choice = choice.borrow();
    View::of(values)?.labels.note(choice.name(), choice.label());
    choice.render_with_values(values).map(Safe)
}

/// A box to tick: its label, hint and error.
#[askama::filter_fn]
pub fn check(check: impl Borrow<Check>, values: &dyn Values) -> askama::Result<Safe<String>> {
    let check = check.borrow();
    View::of(values)?.labels.note(check.name(), check.label());
    check.render_with_values(values).map(Safe)
}

/// A text of several lines: its label, hint and error.
#[askama::filter_fn]
pub fn textarea(area: impl Borrow<TextArea>, values: &dyn Values) -> askama::Result<Safe<String>> {
    let area = area.borrow();
    View::of(values)?.labels.note(area.name(), area.label());
    area.render_with_values(values).map(Safe)
}

/// What stands below a list.
#[askama::filter_fn]
pub fn pager(pager: impl Borrow<Pager>, values: &dyn Values) -> askama::Result<Safe<String>> {
    pager.borrow().render_with_values(values).map(Safe)
}

/// A column's header (`<th>`) that sorts by it.
#[askama::filter_fn]
pub fn sort(header: impl Borrow<SortHeader>, values: &dyn Values) -> askama::Result<Safe<String>> {
    header.borrow().render_with_values(values).map(Safe)
}

/// A template inside another one, which does not know what it is.
#[askama::filter_fn]
pub fn body(
    body: impl Borrow<Box<dyn DynTemplate + Send + Sync>>,
    values: &dyn Values,
) -> askama::Result<Safe<String>> {
    body.borrow().dyn_render_with_values(values).map(Safe)
}

/// Texts by name, as JSON for a `<script type="application/json">` block: a script takes its words from there.
#[askama::filter_fn]
pub fn json_texts(
    texts: impl AsRef<[(&'static str, Text)]>,
    values: &dyn Values,
) -> askama::Result<Safe<String>> {
    let view = View::of(values)?;
    let told: BTreeMap<_, _> = texts
        .as_ref()
        .iter()
        .map(|(name, text)| (*name, view.tell(text)))
        .collect();
    let json = serde_json::to_string(&told).map_err(askama::Error::custom)?;
    // Nothing in the block may look like markup, the end of the block least of all.
    Ok(Safe(json.replace('<', "\\u003c")))
}

fn zoned(at: Timestamp, view: &View) -> Zoned {
    jiff::Timestamp::from_microsecond(at.micros())
        .unwrap_or_default()
        .to_zoned(view.zone.clone())
}

fn day(date: Date, locale: Locale) -> String {
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    let (year, day) = (date.year(), date.day());
    let mut out = String::new();
    let _ = match locale {
        Locale::Ko => {
            let weekday = ["월", "화", "수", "목", "금", "토", "일"]
                .get(weekday)
                .unwrap_or(&"");
            write!(out, "{year}년 {}월 {day}일 ({weekday})", date.month())
        }
        Locale::En => write!(out, "{}", date.strftime("%a %-d %b %Y")),
    };
    out
}
