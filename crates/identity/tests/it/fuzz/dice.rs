//! Chance: numbers, choices, and values of every kind.

use hanok_base::Random;
use serde_json::{Map, Value, json};

/// A repeatable source of chance.
pub struct Dice(pub Random);

impl Dice {
    pub fn below(&self, end: usize) -> usize {
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        usize::try_from(self.0.below(end.max(1))).unwrap_or_default()
    }

    /// True so many times of a hundred.
    pub fn percent(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<'a, T: ?Sized>(&self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    pub fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill(&mut bytes);
        bytes
    }

    /// A text that nobody asked for.
    pub fn text(&self) -> String {
        match self.below(14) {
            0 => String::new(),
            1 => " ".to_owned(),
            2 => "\0".to_owned(),
            3 => "a\0b\u{1}\u{7f}".to_owned(),
            4 => "\u{202e}gnp\u{2066}.exe\u{200b}\u{feff}".to_owned(),
            5 => "e\u{301}\u{301}한글🏠\u{10ffff}\u{fdd0}".to_owned(),
            6 => "'; DROP TABLE account; --".to_owned(),
            7 => "%00%ff${{7*7}}\\u0000\"\\".to_owned(),
            8 => "x".repeat(self.below(5_000)),
            9 => "가".repeat(self.below(40_000)),
            10 => self.below(1_000_000).to_string(),
            11 => "1994-02-30".to_owned(),
            12 => String::from_utf8_lossy(&self.bytes(20)).into_owned(),
            _ => hanok_base::encoding::base64url_encode(&self.bytes(32)),
        }
    }

    pub fn value(&self, depth: usize) -> Value {
        let narrower = depth.saturating_sub(1);
        match self.below(if depth == 0 { 10 } else { 12 }) {
            0 => Value::Null,
            1 => json!(self.percent(50)),
            2 => json!(i64::from_be_bytes(self.0.bytes())),
            3 => json!(u64::MAX),
            4 => json!(-1),
            5 => json!(f64::from_bits(u64::from_be_bytes(self.0.bytes()))),
            6 => json!(0.5),
            7..=9 => json!(self.text()),
            10 => (0..self.below(5)).map(|_| self.value(narrower)).collect(),
            _ => Value::Object(self.members(narrower)),
        }
    }

    fn members(&self, depth: usize) -> Map<String, Value> {
        let member = |_| (self.text(), self.value(depth));
        (0..self.below(5)).map(member).collect()
    }
}
