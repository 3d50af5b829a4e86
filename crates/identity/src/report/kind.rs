//! The seven reports, by name.

use hanok_base::i18n::Text;
use hanok_db::text_enum;

use crate::text::report as say;

text_enum! {
    /// A report, as addresses name it.
    pub(super) enum Kind {
        /// How each provider's requests ended.
        ProviderSuccess = "provider-success",
        /// People whose requests failed again and again.
        FailingPeople = "failing-people",
        /// A day, hour by hour.
        HoursOfToday = "hours-of-today",
        /// Seven days, provider by provider.
        ProviderDays = "provider-days",
        /// What the people who approve the most approved last.
        LatestCompletions = "latest-completions",
        /// Who was given somebody's CI or DI.
        CiDiReveals = "ci-di-reveals",
        /// Accounts that are tried from many places at once.
        ManyAddresses = "many-addresses",
    }
}

impl Kind {
    /// What it is called.
    pub(super) const fn title(self) -> Text {
        match self {
            Self::ProviderSuccess => say::provider_success(),
            Self::FailingPeople => say::failing_people(),
            Self::HoursOfToday => say::hours_of_today(),
            Self::ProviderDays => say::provider_days(),
            Self::LatestCompletions => say::latest_completions(),
            Self::CiDiReveals => say::ci_di_reveals(),
            Self::ManyAddresses => say::many_addresses(),
        }
    }

    /// What it tells, in one line.
    pub(super) const fn purpose(self) -> Text {
        match self {
            Self::ProviderSuccess => say::provider_success_purpose(),
            Self::FailingPeople => say::failing_people_purpose(),
            Self::HoursOfToday => say::hours_of_today_purpose(),
            Self::ProviderDays => say::provider_days_purpose(),
            Self::LatestCompletions => say::latest_completions_purpose(),
            Self::CiDiReveals => say::ci_di_reveals_purpose(),
            Self::ManyAddresses => say::many_addresses_purpose(),
        }
    }

    /// Its icon in the sprite.
    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::ProviderSuccess => "plug-connected",
            Self::FailingPeople => "alert-triangle",
            Self::HoursOfToday => "clock",
            Self::ProviderDays => "report-analytics",
            Self::LatestCompletions => "circle-check",
            Self::CiDiReveals => "eye",
            Self::ManyAddresses => "device-desktop",
        }
    }

    /// Whether it counts the requests of providers: then whoever owns some reads it of those. What it tells of people
    /// and of the trail is the organisation's.
    pub(super) const fn is_of_providers(self) -> bool {
        matches!(
            self,
            Self::ProviderSuccess | Self::HoursOfToday | Self::ProviderDays
        )
    }

    /// How many days it may be asked for, the shortest first; none where it has its own length.
    pub(super) const fn days(self) -> &'static [u32] {
        match self {
            Self::ProviderSuccess | Self::LatestCompletions => &[7, 30, 90],
            Self::FailingPeople | Self::CiDiReveals => &[1, 7, 30],
            Self::HoursOfToday | Self::ProviderDays | Self::ManyAddresses => &[],
        }
    }

    /// How many days it tells of where none are asked for.
    pub(super) const fn usual_days(self) -> u32 {
        match self {
            Self::ProviderSuccess => 30,
            Self::FailingPeople | Self::ProviderDays => 7,
            Self::LatestCompletions => 90,
            Self::HoursOfToday | Self::CiDiReveals | Self::ManyAddresses => 1,
        }
    }

    /// Whether it tells of an hour, which may be asked for.
    pub(super) const fn is_of_an_hour(self) -> bool {
        matches!(self, Self::ManyAddresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::all;

    #[test]
    fn every_report_has_its_name_in_addresses() {
        let reports = all(hanok_base::Timestamp::default(), &jiff::tz::TimeZone::UTC);
        let names = reports.each_ref().map(|report| report.name());
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(known, names);
    }

    #[test]
    fn the_usual_length_is_one_that_may_be_asked_for() {
        for kind in Kind::ALL {
            let days = kind.days();
            assert!(
                days.is_empty() || days.contains(&kind.usual_days()),
                "{kind}"
            );
        }
    }
}
