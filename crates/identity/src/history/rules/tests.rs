use jiff::civil::date;

use super::*;

fn asked(pairs: [(&str, &str); 6]) -> HistoryIn {
    let value = |name: &str| {
        let found = pairs.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    HistoryIn {
        state: value("state"),
        provider: value("provider"),
        from: value("from"),
        to: value("to"),
        page: value("page"),
        cursor: value("cursor"),
    }
}

fn of_days(from: Date, to: Date) -> Filter {
    Filter {
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    }
}

#[test]
fn every_wrong_field_is_named() {
    let wrong = asked([
        ("state", "pending"),
        ("provider", "A 쇼핑몰"),
        ("from", "2026-1-1"),
        ("to", "+02026-01-01"),
        ("page", "0"),
        ("cursor", "x"),
    ]);
    let Err(Fault::Accounts(hanok_accounts::Fault::Fields(faults))) = wrong.check() else {
        panic!("let through");
    };
    let named: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| (fault.pointer.as_ref(), fault.code))
        .collect();
    let expected = [
        ("/state", "unknown_value"),
        ("/provider", "invalid_value"),
        ("/from", "date_format"),
        ("/to", "date_format"),
        ("/page", "out_of_range"),
        ("/cursor", "cursor_unknown"),
    ];
    assert_eq!(named, expected);
}

#[test]
fn an_empty_form_asks_for_everything() {
    let empty = asked([
        ("state", ""),
        ("provider", ""),
        ("from", ""),
        ("to", ""),
        ("page", ""),
        ("cursor", ""),
    ]);
    let (filter, page) = empty.check().unwrap();
    assert_eq!(filter, Filter::default());
    assert!(matches!(page, PageOf::Number(page) if page.number() == 1 && page.limit() == 20));
}

#[test]
fn a_day_is_the_organisations() {
    let seoul = TimeZone::get("Asia/Seoul").unwrap();
    let day = date(2026, 11, 21);
    let span = of_days(day, day).span(&seoul);
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    assert_eq!(span.after, (at("2026-11-20T15:00:00Z"), Uuid::nil()));
    assert_eq!(span.before, (at("2026-11-21T15:00:00Z"), Uuid::nil()));
}

#[test]
fn the_last_days_of_the_calendar_end_nowhere() {
    let span = of_days(Date::MIN, Date::MAX).span(&TimeZone::UTC);
    assert!(span.after.0 < 0);
    assert_eq!(span.before.0, i64::MAX);
}

#[test]
fn a_cursor_never_leads_out_of_the_period() {
    let span = Span {
        after: (10, Uuid::nil()),
        before: (20, Uuid::nil()),
    };
    let cursor = |backwards, at| Cursor {
        backwards,
        key: Key::Number(at),
        id: Uuid::max(),
    };
    assert_eq!(span.beyond(&cursor(false, 15)).before, (15, Uuid::max()));
    assert_eq!(span.beyond(&cursor(false, 99)), span);
    assert_eq!(span.beyond(&cursor(true, 15)).after, (15, Uuid::max()));
    assert_eq!(span.beyond(&cursor(true, 1)), span);
}

#[test]
fn a_person_learns_more_of_a_failure_than_a_provider() {
    assert_eq!(
        Reason::of(FailureReason::NotConfirmed, 1, 1),
        Reason::WrongPin
    );
    assert_eq!(
        Reason::of(FailureReason::NotConfirmed, 0, 1),
        Reason::NotConfirmed
    );
    assert_eq!(Reason::of(FailureReason::Denied, 0, 1), Reason::Denied);
}

#[test]
fn an_overdue_request_is_expired_before_it_is_swept() {
    let end = Timestamp::from_seconds(100);
    let before = Timestamp::from_micros(end.micros() - 1);
    assert_eq!(standing(Status::Pending, end, before), Status::Pending);
    assert_eq!(standing(Status::Pending, end, end), Status::Expired);
    assert_eq!(standing(Status::Failed, end, end), Status::Failed);
}
