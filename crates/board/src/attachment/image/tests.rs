//! Pictures as cameras, drawing programs and people with bad intentions make them.

use std::fs;
use std::io::{Cursor, Write};
use std::time::Duration;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{AnimationDecoder, Frame, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use tempfile::TempDir;

use super::*;
use crate::attachment::blob::Blobs;

const RED: Rgb<u8> = Rgb([220, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 220]);
const SECRET: &[u8] = b"GPS 37.5665 126.9780 <script>";

struct Bench {
    place: TempDir,
    blobs: Blobs,
}

impl Bench {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(place.path().join("blobs"));
        Self { place, blobs }
    }

    fn remake_until(
        &self,
        bytes: &[u8],
        picture: Picture,
        until: Instant,
    ) -> Result<Remade, Spoiled> {
        self.remake_within(bytes, picture, until, u64::MAX)
    }

    fn remake_within(
        &self,
        bytes: &[u8],
        picture: Picture,
        until: Instant,
        most: u64,
    ) -> Result<Remade, Spoiled> {
        let from = self.place.path().join("from");
        fs::write(&from, bytes).unwrap();
        let to = self.blobs.incoming("test", most).unwrap();
        remake(&from, picture, to, until)
    }

    fn left(&self) -> usize {
        let left = fs::read_dir(self.place.path().join("blobs/incoming"));
        left.unwrap().count()
    }

    fn remake(&self, bytes: &[u8], picture: Picture) -> Result<Remade, Spoiled> {
        self.remake_until(bytes, picture, Instant::now() + Duration::from_hours(1))
    }
}

/// 8 pixels wide and 4 high, the left half red, the right half blue.
fn halves() -> RgbImage {
    RgbImage::from_fn(16, 8, |x, _| if x < 8 { RED } else { BLUE })
}

/// The little-endian EXIF of one tag, the orientation, with words behind it.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(SECRET);
    exif
}

fn jpeg(orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    encoder.encode_image(&halves()).unwrap();
    bytes
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

fn is_reddish(pixel: Rgb<u8>) -> bool {
    pixel.0[0] > 150 && pixel.0[2] < 100
}

#[test]
fn a_picture_is_turned_as_it_was_held_and_says_nothing_more() {
    // What was held upside down, and turned to the right and to the left: where the red half is then.
    for (orientation, size, red, blue) in [
        (1, (16, 8), (1, 4), (14, 4)),
        (3, (16, 8), (14, 4), (1, 4)),
        (6, (8, 16), (4, 1), (4, 14)),
        (8, (8, 16), (4, 14), (4, 1)),
    ] {
        let bench = Bench::new();
        let mut sent = jpeg(orientation);
        sent.extend(b"<html><script>hidden behind</script>");
        assert!(contains(&sent, SECRET));
        let made = bench.remake(&sent, Picture::Jpeg).unwrap();
        let bytes = fs::read(made.written.path()).unwrap();
        assert!(
            !contains(&bytes, b"GPS") && !contains(&bytes, b"Exif") && !contains(&bytes, b"script")
        );
        let image = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg)
            .unwrap()
            .into_rgb8();
        assert_eq!(
            ((image.width(), image.height()), (made.width, made.height)),
            (size, size)
        );
        assert!(is_reddish(*image.get_pixel(red.0, red.1)), "{orientation}");
        assert!(
            !is_reddish(*image.get_pixel(blue.0, blue.1)),
            "{orientation}"
        );
        assert_eq!((made.media_type, made.endings[0]), ("image/jpeg", "jpg"));
    }
}

fn png(image: &RgbaImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn a_drawing_keeps_every_pixel() {
    let bench = Bench::new();
    let drawn = RgbaImage::from_fn(9, 7, |x, y| {
        let (x, y) = (u8::try_from(x).unwrap(), u8::try_from(y).unwrap());
        Rgba([x * 20, y * 30, 7, x * 28])
    });
    let mut sent = png(&drawn);
    // A chunk of words before the last twelve bytes, which end the file.
    let at = sent.len() - 12;
    sent.splice(at..at, text_chunk());
    assert!(contains(&sent, SECRET));
    let made = bench.remake(&sent, Picture::Png).unwrap();
    let bytes = fs::read(made.written.path()).unwrap();
    assert!(!contains(&bytes, SECRET));
    assert_eq!(image::load_from_memory(&bytes).unwrap().into_rgba8(), drawn);
    assert_eq!(
        (made.media_type, made.width, made.height),
        ("image/png", 9, 7)
    );
}

fn text_chunk() -> Vec<u8> {
    let mut chunk = u32::try_from(8 + SECRET.len())
        .unwrap()
        .to_be_bytes()
        .to_vec();
    chunk.extend(b"tEXtComment\0");
    chunk.extend(SECRET);
    // The decoder skips what is not needed and does not check its sum.
    chunk.extend([0; 4]);
    chunk
}

#[test]
fn a_webp_stays_one_only_where_it_can_be_seen_through() {
    let bench = Bench::new();
    let webp = |image: DynamicImage| {
        let mut bytes = Vec::new();
        image
            .write_with_encoder(WebPEncoder::new_lossless(&mut bytes))
            .unwrap();
        bytes
    };
    let opaque = bench.remake(&webp(halves().into()), Picture::Webp).unwrap();
    assert_eq!(
        (opaque.media_type, opaque.endings[0]),
        ("image/jpeg", "jpg")
    );
    let glass = RgbaImage::from_pixel(3, 3, Rgba([1, 2, 3, 128]));
    let made = bench
        .remake(&webp(glass.clone().into()), Picture::Webp)
        .unwrap();
    assert_eq!(made.media_type, "image/webp");
    let bytes = fs::read(made.written.path()).unwrap();
    assert_eq!(image::load_from_memory(&bytes).unwrap().into_rgba8(), glass);
}

#[test]
fn an_animation_keeps_its_frames() {
    let bench = Bench::new();
    let frames = [
        Rgba([255, 0, 0, 255]),
        Rgba([0, 255, 0, 255]),
        Rgba([0, 0, 255, 255]),
    ];
    let mut sent = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut sent);
        let frame = |colour: &Rgba<u8>| Frame::new(RgbaImage::from_pixel(5, 4, *colour));
        encoder.encode_frames(frames.iter().map(frame)).unwrap();
    }
    sent.extend(SECRET);
    let made = bench.remake(&sent, Picture::Gif).unwrap();
    let bytes = fs::read(made.written.path()).unwrap();
    assert!(!contains(&bytes, SECRET));
    let read = image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).unwrap();
    let read = read.into_frames().collect_frames().unwrap();
    let colours: Vec<Rgba<u8>> = read
        .iter()
        .map(|frame| *frame.buffer().get_pixel(2, 2))
        .collect();
    assert_eq!(colours, frames);
    assert_eq!(
        (made.media_type, made.width, made.height),
        ("image/gif", 5, 4)
    );
}

#[test]
fn a_profile_of_the_colours_stays_where_it_fits() {
    let bench = Bench::new();
    let mut profile = vec![0; 128];
    for (colours, stays) in [(b"RGB ", true), (b"CMYK", false)] {
        profile[16..20].copy_from_slice(colours);
        let mut sent = Vec::new();
        let mut encoder = JpegEncoder::new(&mut sent);
        encoder.set_icc_profile(profile.clone()).unwrap();
        encoder.encode_image(&halves()).unwrap();
        let made = bench.remake(&sent, Picture::Jpeg).unwrap();
        let bytes = fs::read(made.written.path()).unwrap();
        assert_eq!(contains(&bytes, b"ICC_PROFILE"), stays);
    }
}

#[test]
fn what_is_no_picture_is_refused_and_leaves_nothing() {
    let bench = Bench::new();
    let whole = png(&RgbaImage::new(40, 40));
    for (bytes, picture) in [
        (&b""[..], Picture::Png),
        (b"\x89PNG\r\n\x1a\n", Picture::Png),
        (&whole[..whole.len() / 2], Picture::Png),
        (&whole, Picture::Jpeg),
        (&whole, Picture::Gif),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Picture::Webp),
        (b"GIF89a\x01\0\x01\0\0\0\0;", Picture::Gif),
    ] {
        let fault = bench.remake(bytes, picture).unwrap_err();
        assert!(matches!(fault, Spoiled::Broken), "{picture:?} {fault:?}");
    }
    assert_eq!(bench.left(), 0);
}

/// A PNG that says it has so many pixels and holds none.
fn boast(width: u32, height: u32) -> Vec<u8> {
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 6, 0, 0, 0]);
    let mut crc = !0_u32;
    for byte in &head {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(head);
    bytes.extend((!crc).to_be_bytes());
    bytes
        .write_all(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82")
        .unwrap();
    bytes
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_before_it_is_read() {
    let bench = Bench::new();
    for (width, height) in [
        (40_000_001, 1),
        (6_325, 6_325),
        (2_147_483_647, 2_147_483_647),
    ] {
        let fault = bench
            .remake(&boast(width, height), Picture::Png)
            .unwrap_err();
        assert!(
            matches!(fault, Spoiled::TooLarge),
            "{width}×{height}: {fault:?}"
        );
    }
    let fault = bench
        .remake(&boast(6_324, 6_324), Picture::Png)
        .unwrap_err();
    assert!(matches!(fault, Spoiled::Broken), "{fault:?}");
}

#[test]
fn a_picture_whose_time_is_over_is_given_up() {
    let bench = Bench::new();
    let gif = {
        let mut bytes = Cursor::new(Vec::new());
        RgbaImage::new(4, 4)
            .write_to(&mut bytes, ImageFormat::Gif)
            .unwrap();
        bytes.into_inner()
    };
    for (bytes, picture) in [
        (jpeg(1), Picture::Jpeg),
        (png(&RgbaImage::new(4, 4)), Picture::Png),
        (gif, Picture::Gif),
    ] {
        let fault = bench
            .remake_until(&bytes, picture, Instant::now())
            .unwrap_err();
        assert!(matches!(fault, Spoiled::TooSlow), "{picture:?} {fault:?}");
    }
}

/// Pixels without any order, which nothing makes shorter.
fn noise(side: u32) -> RgbaImage {
    let mut state = 1_u32;
    RgbaImage::from_fn(side, side, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_be_bytes();
        Rgba([red, green, blue, 254])
    })
}

#[test]
fn a_picture_that_grows_too_long_is_given_up_and_leaves_nothing() {
    let bench = Bench::new();
    let (image, hour) = (noise(200), Instant::now() + Duration::from_hours(1));
    let written = |format: ImageFormat| {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    for (bytes, picture) in [
        (written(ImageFormat::Png), Picture::Png),
        (written(ImageFormat::WebP), Picture::Webp),
        (written(ImageFormat::Gif), Picture::Gif),
    ] {
        let length = bench.remake(&bytes, picture).unwrap().written.size;
        assert!(length > 20_000, "{picture:?} {length}");
        let whole = bench.remake_within(&bytes, picture, hour, length).unwrap();
        assert_eq!(whole.written.size, length);
        drop(whole);
        for most in [length - 1, 10_000] {
            let fault = bench.remake_within(&bytes, picture, hour, most);
            let fault = fault.unwrap_err();
            assert!(matches!(fault, Spoiled::Grown), "{picture:?} {fault:?}");
        }
    }
    assert_eq!(bench.left(), 0);
}
