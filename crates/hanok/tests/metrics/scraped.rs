//! A page in Prometheus's text format, read back.

use std::collections::{BTreeMap, BTreeSet};

/// What a page says.
pub struct Scraped {
    pub text: String,
    samples: BTreeMap<String, f64>,
}

impl Scraped {
    pub fn read(text: &str) -> Self {
        let lines = text.lines();
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let samples = lines.map(|line| {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            (sorted(sample), value.parse().unwrap())
        });
        Self {
            samples: samples.collect(),
            text: text.to_owned(),
        }
    }

    /// The value of a sample, `name{label="value"}`; its labels in any order.
    pub fn of(&self, sample: &str) -> Option<f64> {
        self.samples.get(&sorted(sample)).copied()
    }

    /// Every sample of this name with its value, by its labels.
    pub fn all(&self, name: &str) -> impl Iterator<Item = (&str, f64)> {
        let samples = self.samples.iter();
        samples.filter_map(move |(sample, value)| {
            let labels = sample.strip_prefix(name)?;
            labels.starts_with('{').then_some((labels, *value))
        })
    }

    /// Every metric says what it is, and what its kind is.
    #[track_caller]
    pub fn assert_each_is_explained(&self) {
        let said = |mark: &str| -> BTreeSet<&str> {
            let lines = self.text.lines();
            let names = lines.filter_map(|line| line.strip_prefix(mark)?.split(' ').next());
            names.collect()
        };
        assert_eq!(said("# HELP "), said("# TYPE "));
        let explained = said("# HELP ");
        let bare = self.samples.keys().filter(|sample| {
            let name = sample.split('{').next().unwrap_or_default();
            let parts = ["_bucket", "_sum", "_count"];
            let whole = parts.iter().find_map(|part| name.strip_suffix(part));
            !explained.contains(name) && whole.is_none_or(|whole| !explained.contains(whole))
        });
        assert_eq!(bare.collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

/// The labels of a sample in one order.
fn sorted(sample: &str) -> String {
    let Some((name, labels)) = sample.split_once('{') else {
        return sample.to_owned();
    };
    let mut labels: Vec<&str> = labels.trim_end_matches('}').split(',').collect();
    labels.sort_unstable();
    format!("{name}{{{}}}", labels.join(","))
}
