//! Drawings of numbers: bars, columns, lines and heat maps, as marks and where they stand.
//!
//! A drawing holds no text but what a mark says when somebody points at it: a page sets the names beside it, and a
//! table that says the same. A template turns it into SVG by classes and attributes alone, as the policy of pages wants
//! it; it may be stretched sideways to the width there is.

/// The height of a line of [`bars`] or of a [`heat`] map; a page sets its names as high.
pub(crate) const ROW: u32 = 28;
/// How far a mark keeps from the edge of its line.
const EDGE: u32 = 4;
/// The width of what goes by lines.
const WIDE: u32 = 100;
/// The height of what goes by columns.
const HIGH: u32 = 160;
/// The place of one column.
const STEP: u32 = 10;
/// The width of one.
const COLUMN: u32 = 8;

/// A drawing, in units of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) marks: Vec<Mark>,
}

/// What stands in it; numbers are written with a tenth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A block.
    Block(Block),
    /// A line through these points.
    Line(String),
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
    /// How strong it is, from 0 to 1.
    pub(crate) strength: String,
    /// What it stands for.
    pub(crate) says: String,
}

/// A number and a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// What it stands for.
    pub(crate) says: String,
    pub(crate) whole: i64,
    pub(crate) part: i64,
}

/// A field of a heat map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heat {
    /// What it stands for.
    pub(crate) says: String,
    pub(crate) value: i64,
}

/// How strong the whole of a share is; its part is as strong as can be.
const FAINT: f64 = 0.3;
/// How strong a field of a heat map is that has nothing.
const COLD: f64 = 0.06;

/// One line for each share, from the left; the greatest is as long as the drawing is wide.
pub(crate) fn bars(shares: &[Share]) -> Drawing {
    let most = greatest(shares.iter().map(|share| share.whole));
    let lines = shares.iter().zip(0_u32..);
    let marks = lines.flat_map(|(share, line)| {
        let y = f64::from(line * ROW + EDGE);
        [(share.whole, FAINT), (share.part, 1.0)].map(|(count, strength)| {
            let long = part_of(count, most) * f64::from(WIDE);
            let high = f64::from(ROW - 2 * EDGE);
            block((0.0, y), (long, high), strength, &share.says)
        })
    });
    Drawing {
        width: WIDE,
        height: tall(shares.len()),
        marks: marks.collect(),
    }
}

/// One column for each share, in order; the greatest is as high as the drawing.
pub(crate) fn columns(shares: &[Share]) -> Drawing {
    let most = greatest(shares.iter().map(|share| share.whole));
    let columns = shares.iter().zip(0_u32..);
    let marks = columns.flat_map(|(share, column)| {
        let x = f64::from(column * STEP + (STEP - COLUMN) / 2);
        [(share.whole, FAINT), (share.part, 1.0)].map(|(count, strength)| {
            let high = part_of(count, most) * f64::from(HIGH);
            let y = f64::from(HIGH) - high;
            block((x, y), (f64::from(COLUMN), high), strength, &share.says)
        })
    });
    Drawing {
        width: wide(shares.len()),
        height: HIGH,
        marks: marks.collect(),
    }
}

/// A line over as many columns, from 0 at the bottom to `most` at the top; it breaks where there is no value.
pub(crate) fn lines(values: &[Option<f64>], most: f64) -> Drawing {
    let mut stretches: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (value, column) in values.iter().zip(0_u32..) {
        let x = f64::from(column * STEP + STEP / 2);
        match (value, stretches.last_mut()) {
            (Some(value), Some(stretch)) => {
                let share = (value / most).clamp(0.0, 1.0);
                stretch.push((x, f64::from(HIGH) * (1.0 - share)));
            }
            _ => stretches.push(Vec::new()),
        }
    }
    let drawn = stretches.iter().filter(|stretch| !stretch.is_empty());
    Drawing {
        width: wide(values.len()),
        height: HIGH,
        marks: drawn.map(|stretch| Mark::Line(points(stretch))).collect(),
    }
}

/// A line of fields for each row, the stronger the more there is.
pub(crate) fn heat(rows: &[Vec<Heat>]) -> Drawing {
    let most = greatest(rows.iter().flatten().map(|field| field.value));
    let fields = rows.iter().map(Vec::len).max().unwrap_or_default();
    let each = f64::from(WIDE) / f64::from(count(fields).max(1));
    let marks = rows.iter().zip(0_u32..).flat_map(|(row, line)| {
        row.iter().zip(0_u32..).map(move |(field, column)| {
            let place = (f64::from(column) * each, f64::from(line * ROW + 1));
            let size = (each * 0.97, f64::from(ROW - 2));
            let strength = COLD + (1.0 - COLD) * part_of(field.value, most);
            block(place, size, strength, &field.says)
        })
    });
    Drawing {
        width: WIDE,
        height: tall(rows.len()),
        marks: marks.collect(),
    }
}

fn block((x, y): (f64, f64), (width, height): (f64, f64), strength: f64, says: &str) -> Mark {
    Mark::Block(Block {
        x: tenth(x),
        y: tenth(y),
        width: tenth(width),
        height: tenth(height),
        strength: format!("{strength:.2}"),
        says: says.to_owned(),
    })
}

/// The points of a stretch; one alone is drawn as a short line.
fn points(stretch: &[(f64, f64)]) -> String {
    let point = |(x, y): (f64, f64)| format!("{},{}", tenth(x), tenth(y));
    let all: Vec<String> = match stretch {
        [(x, y)] => [x - 2.0, x + 2.0].map(|x| point((x, *y))).to_vec(),
        more => more.iter().copied().map(point).collect(),
    };
    all.join(" ")
}

fn tenth(number: f64) -> String {
    format!("{number:.1}")
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn tall(lines: usize) -> u32 {
    count(lines).saturating_mul(ROW)
}

fn wide(columns: usize) -> u32 {
    count(columns).saturating_mul(STEP)
}

/// The greatest, and at least 1.
fn greatest(numbers: impl Iterator<Item = i64>) -> i64 {
    numbers.max().unwrap_or_default().max(1)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a drawing shows a tenth of a unit"
)]
fn part_of(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests;
