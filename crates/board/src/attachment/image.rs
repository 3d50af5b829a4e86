//! Pictures made anew: what is kept was written here, pixel by pixel, and nothing that came with it remains: no place,
//! no camera, no thumbnail, no other file hidden behind the picture. Only the profile of its colours stays.

pub(super) mod pool;
#[cfg(test)]
mod tests;
mod timed;
pub(super) mod turns;
mod write;

use std::fs::File;
use std::io::{self, BufReader, ErrorKind};
use std::path::Path;
use std::time::Instant;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::blob::{Incoming, Written};
use super::kind::Picture;
use timed::Timed;

/// The most pixels of a picture.
pub(super) const MOST_PIXELS: u64 = 40_000_000;
/// The most bytes that decoding one may take: eight a pixel, and as much beside.
const MOST_MEMORY: u64 = MOST_PIXELS * 16;
/// A longer profile is none that a camera or a screen has.
const LONGEST_PROFILE: usize = 64 * 1024;

/// A picture that was made anew.
#[derive(Debug)]
pub(super) struct Remade {
    /// Its bytes.
    pub(super) written: Written,
    /// Its media type, which another kind of picture may have had.
    pub(super) media_type: &'static str,
    /// How names of such files may end.
    pub(super) endings: &'static [&'static str],
    /// Pixels, as it is seen.
    pub(super) width: u32,
    /// Pixels, as it is seen.
    pub(super) height: u32,
}

/// Why a picture was not made anew.
#[derive(Debug, thiserror::Error)]
pub(super) enum Spoiled {
    /// It is none, or cut off.
    #[error("the picture cannot be read")]
    Broken,
    /// It has too many pixels.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// It took too long.
    #[error("the picture took too long")]
    TooSlow,
    /// All threads are at work, and enough pictures wait.
    #[error("too many pictures wait")]
    Busy,
    /// What was made of it is too long: a few bytes can say much.
    #[error("the picture has become too long")]
    Grown,
    /// The file system.
    #[error("the picture cannot be written: {0}")]
    System(#[source] io::Error),
}

/// Reads a picture and writes it into another file, until a moment. What stands in it about how it was held is done.
///
/// # Errors
/// [`Spoiled`]
pub(super) fn remake(
    from: &Path,
    picture: Picture,
    to: Incoming,
    until: Instant,
) -> Result<Remade, Spoiled> {
    let made = match picture {
        Picture::Gif => write::animation(open(from, until)?, to, until),
        still => decode(open(from, until)?, still, until)
            .and_then(|decoded| write::still(decoded, still, to, until)),
    };
    match made {
        Err(_) if Instant::now() >= until => Err(Spoiled::TooSlow),
        other => other,
    }
}

fn open(from: &Path, until: Instant) -> io::Result<BufReader<Timed<File>>> {
    Ok(BufReader::new(Timed::new(File::open(from)?, until)))
}

/// A picture in memory, upright.
struct Decoded {
    image: DynamicImage,
    profile: Option<Vec<u8>>,
}

fn decode(
    from: BufReader<Timed<File>>,
    picture: Picture,
    until: Instant,
) -> Result<Decoded, Spoiled> {
    let format = match picture {
        Picture::Jpeg => ImageFormat::Jpeg,
        Picture::Png => ImageFormat::Png,
        Picture::Gif => ImageFormat::Gif,
        Picture::Webp => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(from, format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    must_fit(decoder.dimensions())?;
    let orientation = decoder.orientation()?;
    let profile = decoder.icc_profile().unwrap_or_default();
    let mut image = DynamicImage::from_decoder(decoder)?;
    timed::check(until)?;
    image.apply_orientation(orientation);
    timed::check(until)?;
    let profile = profile.filter(|profile| is_of(profile, &image));
    Ok(Decoded { image, profile })
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn must_fit((width, height): (u32, u32)) -> Result<(), Spoiled> {
    if u64::from(width) * u64::from(height) <= MOST_PIXELS {
        Ok(())
    } else {
        Err(Spoiled::TooLarge)
    }
}

/// Whether a profile is of colours as the picture has them: one for print would be wrong on what was made RGB.
fn is_of(profile: &[u8], image: &DynamicImage) -> bool {
    let colours: &[u8] = if image.color().has_color() {
        b"RGB "
    } else {
        b"GRAY"
    };
    profile.len() <= LONGEST_PROFILE && profile.get(16..20) == Some(colours)
}

impl From<ImageError> for Spoiled {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::IoError(error) if is_ours(error.kind()) => error.into(),
            _ => Self::Broken,
        }
    }
}

impl From<io::Error> for Spoiled {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::FileTooLarge => Self::Grown,
            _ => Self::System(error),
        }
    }
}

/// Whether a fault is of this machine and not of what was read.
const fn is_ours(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::FileTooLarge
            | ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotFound
    )
}
