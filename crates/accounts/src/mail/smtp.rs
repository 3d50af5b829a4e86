//! `mail.mode = "smtp"`: letters are handed to one server, by lettre, over TLS of the same kind as everything else.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hanok_base::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::config::{MailConfig, MailSecurity};
use super::{Mail, MailFault, Outgoing};
use crate::sms::Pending;

/// Hands letters to an SMTP server, each over a connection of its own.
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// For all of a delivery, from the look-up of the name to the server's last word.
    timeout: Duration,
}

/// The sender of `mail.mode = "smtp"`.
///
/// # Errors
/// When a setting is not what it should be, or the system has no certificates to check a server by.
pub fn smtp(config: &MailConfig) -> Result<Arc<dyn Mail>, String> {
    SmtpMail::new(config).map(|mail| Arc::new(mail) as Arc<dyn Mail>)
}

impl SmtpMail {
    /// A sender by these settings.
    ///
    /// # Errors
    /// As [`smtp`].
    pub fn new(config: &MailConfig) -> Result<Self, String> {
        let host = config.host.clone().unwrap_or_default();
        let from: Address = config
            .from
            .as_deref()
            .unwrap_or_default()
            .parse()
            .map_err(|error: lettre::address::AddressError| format!("mail.from: {error}"))?;
        let tls = match config.security {
            MailSecurity::None => Tls::None,
            MailSecurity::Starttls => Tls::Required(tls(&host)?),
            MailSecurity::Tls => Tls::Wrapper(tls(&host)?),
        };
        let timeout = Duration::from_secs(u64::from(config.timeout_seconds));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(timeout))
            .hello_name(ClientId::Domain(from.domain().to_owned()));
        if let (Some(name), Some(password)) = (&config.username, &config.password) {
            let password = password.expose().to_owned();
            builder = builder.credentials(Credentials::new(name.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(None, from),
            timeout,
        })
    }

    /// Greets the server as a delivery does, signs in where a name is set, and takes leave; no letter is sent.
    ///
    /// # Errors
    /// As a delivery's.
    pub async fn probe(&self) -> Result<(), MailFault> {
        match tokio::time::timeout(self.timeout, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailFault::Later("NOOP".to_owned())),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(MailFault::Unreachable("no answer in time".to_owned())),
        }
    }

    async fn deliver(&self, mail: &Outgoing) -> Result<(), MailFault> {
        let message = self.message(mail)?;
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(sent) => sent.map(|_| ()).map_err(|error| fault(&error)),
            Err(_) => Err(MailFault::Unreachable("no answer in time".to_owned())),
        }
    }

    /// The letter as RFC 5322 has it: its text, and the same as HTML for those who can show it.
    fn message(&self, mail: &Outgoing) -> Result<Message, MailFault> {
        let to: Address = mail.to.address().parse().map_err(|_| unwritable())?;
        let id = format!("<{}@{}>", mail.id, self.from.email.domain());
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .message_id(Some(id))
            .date(system_time(mail.written_at))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
        let builder = match &mail.unsubscribe {
            Some(link) => ended_by(builder, link),
            None => builder,
        };
        builder
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|_| unwritable())
    }
}

impl Mail for SmtpMail {
    fn send<'a>(&'a self, mail: &'a Outgoing) -> Pending<'a, Result<(), MailFault>> {
        Box::pin(self.deliver(mail))
    }
}

/// Says by which address its reader ends letters of this sort, and that one click is enough (RFC 8058).
fn ended_by(builder: MessageBuilder, link: &str) -> MessageBuilder {
    let name = HeaderName::new_from_ascii_str;
    let link = HeaderValue::new(name("List-Unsubscribe"), format!("<{link}>"));
    let one_click = "List-Unsubscribe=One-Click".to_owned();
    let one_click = HeaderValue::new(name("List-Unsubscribe-Post"), one_click);
    builder.raw_header(link).raw_header(one_click)
}

fn tls(host: &str) -> Result<TlsParameters, String> {
    TlsParameters::new(host.to_owned()).map_err(|error| format!("mail.security: {error}"))
}

fn unwritable() -> MailFault {
    MailFault::Refused("this letter cannot be written as mail".to_owned())
}

fn system_time(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.micros()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}

/// What a server says often repeats the address: only its code is kept. What the network says names nobody.
fn fault(error: &lettre::transport::smtp::Error) -> MailFault {
    if let Some(code) = error.status() {
        let code = code.to_string();
        return if error.is_permanent() {
            MailFault::Refused(code)
        } else {
            MailFault::Later(code)
        };
    }
    if error.is_response() {
        return MailFault::Unreachable("its answer is not SMTP".to_owned());
    }
    let cause = error.source().map(ToString::to_string);
    MailFault::Unreachable(cause.unwrap_or_else(|| "the connection ended".to_owned()))
}
