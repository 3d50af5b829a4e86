use super::*;

#[test]
fn what_was_unsealed_is_named() {
    assert_eq!(revealed(r#"{"values":["ci","di"]}"#), "CI, DI");
    for other in ["{}", "x", r#"{"values":[]}"#] {
        assert_eq!(revealed(other), other);
    }
}

#[test]
fn a_day_without_requests_has_no_table() {
    let hours: Vec<Hour> = (0..24)
        .map(|hour| Hour {
            hour,
            tally: Tally::default(),
        })
        .collect();
    assert!(of_hours(&hours).rows.is_empty());
}

#[test]
fn a_name_leads_only_where_the_reader_may_go() {
    let id = AccountId::from_uuid(uuid::Uuid::nil());
    let leads = |people| Leads {
        people,
        providers: false,
    };
    assert_eq!(
        person(id, ("김미나", "mina"), leads(false)),
        Cell::Words("김미나 (mina)".to_owned())
    );
    assert!(matches!(
        person(id, ("mina", "mina"), leads(true)),
        Cell::Link(..)
    ));
}
