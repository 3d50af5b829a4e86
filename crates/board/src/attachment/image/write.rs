//! Writing pictures.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IntoInnerError};
use std::time::Instant;

use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageEncoder};

use super::timed::{self, Timed};
use super::{Decoded, Remade, Spoiled, limits, must_fit};
use crate::attachment::blob::Incoming;
use crate::attachment::kind::Picture;

/// As cameras write.
const JPEG_QUALITY: u8 = 88;
/// A larger drawing is written quickly instead of small: 40 megapixels would take 13 s.
const SMALL_PIXELS: u64 = 8_000_000;
/// Of 1 (the best colours) to 30 (the quickest).
const GIF_SPEED: i32 = 10;

type Sink = BufWriter<Timed<Incoming>>;

/// What a written picture is.
struct Form {
    media_type: &'static str,
    endings: &'static [&'static str],
}

const JPEG: Form = Form {
    media_type: "image/jpeg",
    endings: &["jpg", "jpeg"],
};
const PNG: Form = Form {
    media_type: "image/png",
    endings: &["png"],
};
const GIF: Form = Form {
    media_type: "image/gif",
    endings: &["gif"],
};
const WEBP: Form = Form {
    media_type: "image/webp",
    endings: &["webp"],
};

/// Writes a picture as what it was; a WebP without transparency, which can only be written without loss and would be
/// several times as long, as JPEG.
pub(super) fn still(
    decoded: Decoded,
    picture: Picture,
    to: Incoming,
    until: Instant,
) -> Result<Remade, Spoiled> {
    let size = (decoded.image.width(), decoded.image.height());
    let mut sink = sink(to, until);
    let encoded = write_still(decoded, picture, &mut sink);
    // The encoder of PNG does not say why it could not write.
    let form = encoded.map_err(|why| {
        let unwritten = sink.get_ref().unwritten();
        unwritten.map_or(why, |kind| io::Error::from(kind).into())
    })?;
    finish(sink, &form, size)
}

fn write_still(decoded: Decoded, picture: Picture, sink: &mut Sink) -> Result<Form, Spoiled> {
    let Decoded { image, profile } = decoded;
    Ok(match picture {
        Picture::Png => {
            let pixels = u64::from(image.width()) * u64::from(image.height());
            let effort = if pixels <= SMALL_PIXELS {
                CompressionType::Default
            } else {
                CompressionType::Fast
            };
            let made = PngEncoder::new_with_quality(sink, effort, FilterType::Adaptive);
            encode(made, &image, profile)?;
            PNG
        }
        Picture::Webp if image.color().has_alpha() => {
            let image = DynamicImage::from(image.into_rgba8());
            encode(WebPEncoder::new_lossless(sink), &image, profile)?;
            WEBP
        }
        _ => {
            let image = if image.color().has_color() {
                DynamicImage::from(image.into_rgb8())
            } else {
                DynamicImage::from(image.into_luma8())
            };
            let made = JpegEncoder::new_with_quality(sink, JPEG_QUALITY);
            encode(made, &image, profile)?;
            JPEG
        }
    })
}

/// Writes every frame of a GIF.
pub(super) fn animation(
    from: BufReader<Timed<File>>,
    to: Incoming,
    until: Instant,
) -> Result<Remade, Spoiled> {
    let mut decoder = GifDecoder::new(from)?;
    decoder.set_limits(limits())?;
    let size = decoder.dimensions();
    must_fit(size)?;
    let mut sink = sink(to, until);
    {
        let mut encoder = GifEncoder::new_with_speed(&mut sink, GIF_SPEED);
        let mut frames = decoder.into_frames();
        let first = frames.next().ok_or(Spoiled::Broken)??;
        let second = frames.next().transpose()?;
        if second.is_some() {
            encoder.set_repeat(Repeat::Infinite)?;
        }
        encoder.encode_frame(first)?;
        for frame in second.into_iter().map(Ok).chain(frames) {
            timed::check(until)?;
            encoder.encode_frame(frame?)?;
        }
    }
    finish(sink, &GIF, size)
}

fn sink(to: Incoming, until: Instant) -> Sink {
    BufWriter::with_capacity(64 * 1024, Timed::new(to, until))
}

fn encode(
    mut encoder: impl ImageEncoder,
    image: &DynamicImage,
    profile: Option<Vec<u8>>,
) -> Result<(), Spoiled> {
    if let Some(profile) = profile {
        // A format that has no place for it shows the picture as any other.
        let _ = encoder.set_icc_profile(profile);
    }
    image.write_with_encoder(encoder)?;
    Ok(())
}

fn finish(sink: Sink, form: &Form, (width, height): (u32, u32)) -> Result<Remade, Spoiled> {
    let written = sink.into_inner().map_err(IntoInnerError::into_error)?;
    Ok(Remade {
        written: written.into_inner().finish()?,
        media_type: form.media_type,
        endings: form.endings,
        width,
        height,
    })
}
