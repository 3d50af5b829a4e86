//! The SMTP server: connection, TLS, sign-in. No letter is sent.

use hanok_accounts::mail::{MailConfig, MailMode, MailSecurity, SmtpMail};

use super::finding::Finding;

pub(super) const CHECK: &str = "mail";

/// Greets the server as a delivery would, asks it nothing (NOOP) and takes leave.
pub(super) async fn look(config: &MailConfig) -> Finding {
    if config.mode == MailMode::Captured {
        return Finding::skipped(CHECK, "mail is captured (mail.mode): no letter leaves");
    }
    let server = format!(
        "{}:{}",
        config.host.as_deref().unwrap_or_default(),
        config.port
    );
    let mail = match SmtpMail::new(config) {
        Ok(mail) => mail,
        Err(error) => return Finding::failed(CHECK, error, "correct the setting"),
    };
    match mail.probe().await {
        Ok(()) => Finding::ok(CHECK, format!("{server} answers, {}", protection(config))),
        Err(fault) => Finding::failed(CHECK, format!("{server}: {fault}"), remedy(config)),
    }
}

fn protection(config: &MailConfig) -> String {
    let way = match config.security {
        MailSecurity::Tls => "over TLS",
        MailSecurity::Starttls => "over TLS (STARTTLS)",
        MailSecurity::None => "without TLS",
    };
    match &config.username {
        Some(_) => format!("{way}, and takes the name and password"),
        None => way.to_owned(),
    }
}

fn remedy(config: &MailConfig) -> &'static str {
    match config.security {
        MailSecurity::Tls => {
            "check mail.host, mail.port (usually 465 for tls), the server's certificate, name and password"
        }
        MailSecurity::Starttls => {
            "check mail.host, mail.port (usually 587 for starttls), that the server offers STARTTLS with a \
             certificate for that name, and name and password"
        }
        MailSecurity::None => {
            "start the mail server on this machine, or correct mail.host and mail.port"
        }
    }
}
