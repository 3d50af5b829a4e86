//! A file as it comes: to the disk piece by piece, then judged by its bytes, and a picture made anew.

use std::io::{self, Write};

use hanok_accounts::AccountId;
use hanok_base::encoding::hex_encode;
use hanok_web::error::Error;
use hanok_web::{FieldError, FormPart, codes};

use super::blob::{Incoming, Written};
use super::image::{MOST_PIXELS, Spoiled};
use super::kind::{HEAD, Kind, Picture, judge};
use super::name::{clean, fault, with_ending};
use crate::context::Board;
use crate::fault::Fault;

/// How much is written at once, in bytes.
const PIECE: usize = 256 * 1024;

/// How many times as long as any file a picture may be that was made anew: some are written without loss that were not.
const REMADE: u64 = 3;

/// A file that came, whole and on the disk, without a name there yet.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) written: Written,
    pub(super) name: String,
    pub(super) media_type: &'static str,
    /// Width and height in pixels, of a picture that was made anew.
    pub(super) pixels: Option<(u32, u32)>,
}

/// Why a file did not come.
#[derive(Debug)]
pub(super) enum Stopped {
    /// What was sent cannot be read: too slow, cut off.
    Sent(Error),
    /// It is longer than so many bytes.
    TooLong(u64),
    /// Anything else.
    Refused(Fault),
}

impl<F: Into<Fault>> From<F> for Stopped {
    fn from(fault: F) -> Self {
        Self::Refused(fault.into())
    }
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Sent(error) => error,
            Stopped::TooLong(most) => Self::new(codes::BODY_TOO_LARGE).arg("bytes", most),
            Stopped::Refused(fault) => fault.into(),
        }
    }
}

impl Stopped {
    /// The same as what is wrong with the field of a form.
    ///
    /// # Errors
    /// What no other input would change.
    pub(super) fn at_field(self) -> Result<Fault, Error> {
        match self {
            Self::Sent(error) => Err(error),
            Self::TooLong(most) => {
                Ok(one(fault("file_too_large").arg("mib", most / (1024 * 1024))))
            }
            Self::Refused(fault) => Ok(fault),
        }
    }
}

/// A fault of the file.
pub(super) fn refused(code: &'static str) -> Fault {
    one(fault(code))
}

fn one(field: FieldError) -> Fault {
    Fault::fields(vec![field])
}

/// A fault of this machine.
pub(super) fn system(what: &str, error: &io::Error) -> Fault {
    Fault::Accounts(hanok_accounts::Fault::Internal(format!("{what}: {error}")))
}

impl Board {
    /// Takes a file in: whole, of a kind that is taken, a picture made anew.
    ///
    /// # Errors
    /// [`Stopped`]
    pub(super) async fn receive(
        &self,
        mut part: FormPart,
        owner: AccountId,
    ) -> Result<Received, Stopped> {
        let name = clean(part.file_name().unwrap_or_default());
        let (head, written) = self.read(&mut part).await?;
        if written.size == 0 {
            return Err(refused("file_empty").into());
        }
        match judge(&head, &name) {
            Ok(Kind::Picture(picture)) => self.remade(name, picture, &written, owner).await,
            Ok(Kind::Other(media_type)) => Ok(Received {
                written,
                name,
                media_type,
                pixels: None,
            }),
            Err(why) => Err(refused(why.code()).into()),
        }
    }

    /// Brings what comes to the disk; answers its beginning too.
    async fn read(&self, part: &mut FormPart) -> Result<(Vec<u8>, Written), Stopped> {
        let most = self.config.attachment_bytes();
        let mut incoming = self.incoming(most).await?;
        let (mut head, mut piece) = (Vec::with_capacity(HEAD), Vec::with_capacity(PIECE));
        while let Some(chunk) = part.chunk().await.map_err(Stopped::Sent)? {
            let room = HEAD.saturating_sub(head.len());
            head.extend(chunk.iter().take(room));
            piece.extend_from_slice(&chunk);
            if incoming.size() + piece.len() as u64 > most {
                return Err(Stopped::TooLong(most));
            }
            if piece.len() >= PIECE {
                (incoming, piece) = append(incoming, piece).await?;
            }
        }
        let (incoming, _) = append(incoming, piece).await?;
        let written =
            blocking("a file cannot be brought to the disk", || incoming.finish()).await?;
        Ok((head, written))
    }

    async fn incoming(&self, most: u64) -> Result<Incoming, Fault> {
        let (board, salt) = (self.clone(), self.accounts.random.bytes::<8>());
        let made = move || board.files.blobs.incoming(&hex_encode(&salt), most);
        blocking("a file cannot be made", made).await
    }

    async fn remade(
        &self,
        name: String,
        picture: Picture,
        sent: &Written,
        owner: AccountId,
    ) -> Result<Received, Stopped> {
        let turn = self.files.turns.take(owner).await;
        let most = self.config.attachment_bytes().saturating_mul(REMADE);
        let to = self.incoming(most).await?;
        let begun = self.files.pictures();
        let pictures = begun.map_err(|error| system("no thread for pictures", &error))?;
        let from = sent.path().to_owned();
        let made = pictures.remake(from, picture, to, turn).await;
        let made = made.map_err(spoiled)?;
        Ok(Received {
            name: with_ending(&name, made.endings),
            media_type: made.media_type,
            pixels: Some((made.width, made.height)),
            written: made.written,
        })
    }
}

fn spoiled(why: Spoiled) -> Fault {
    match why {
        Spoiled::Broken => refused("file_broken"),
        Spoiled::TooLarge => one(fault("file_pixels").arg("million", MOST_PIXELS / 1_000_000)),
        Spoiled::Grown => refused("file_grown"),
        Spoiled::TooSlow => refused("file_slow"),
        Spoiled::Busy => Fault::Accounts(hanok_accounts::Fault::Busy),
        Spoiled::System(error) => system("a picture cannot be written", &error),
    }
}

async fn append(mut incoming: Incoming, mut piece: Vec<u8>) -> Result<(Incoming, Vec<u8>), Fault> {
    let written = move || {
        incoming.write_all(&piece)?;
        piece.clear();
        Ok((incoming, piece))
    };
    blocking("a file cannot be written", written).await
}

/// What waits for the disk, on a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(io::Error::other).flatten();
    done.map_err(|error| system(what, &error))
}
