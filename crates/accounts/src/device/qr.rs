//! A QR code as one path of SVG.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// The light frame around a code that readers need, in modules (ISO/IEC 18004, 9.1).
const QUIET_ZONE: usize = 4;

/// A QR code, ready to be drawn.
pub(super) struct Qr {
    /// The dark modules, one run of a row after the other.
    pub path: String,
    /// What the drawing shows: the code and its quiet zone.
    pub view_box: String,
}

impl Qr {
    /// The code of a text, where it is not too long for one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let colors = code.to_colors();
        let rows = colors.chunks(width).enumerate();
        let path = rows.fold(String::new(), |mut path, (y, row)| {
            draw_row(&mut path, y, row);
            path
        });
        let size = width + 2 * QUIET_ZONE;
        Some(Self {
            path,
            view_box: format!("-{QUIET_ZONE} -{QUIET_ZONE} {size} {size}"),
        })
    }
}

/// Adds the dark runs of a row, each as a rectangle of height 1.
fn draw_row(path: &mut String, y: usize, row: &[Color]) {
    let mut x = 0;
    for run in row.chunk_by(|left, right| left == right) {
        let length = run.len();
        if run.first() == Some(&Color::Dark) {
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
        x += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let text = "https://hanok.example/phone#pair=0123456789012345678901234567890123456789012";
        let qr = Qr::of(text).unwrap();
        let drawn: usize = qr
            .path
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|part| part.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let dark = code
            .to_colors()
            .iter()
            .filter(|color| **color == Color::Dark)
            .count();
        assert_eq!(drawn, dark);
        assert_eq!(qr.view_box, format!("-4 -4 {0} {0}", code.width() + 8));
        assert!(Qr::of(&"x".repeat(5_000)).is_none());
    }
}
