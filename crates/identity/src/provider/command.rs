//! `hanok provider`.

use clap::{Args, Parser};
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::terminal;
use serde_json::{Map, Value, json};

use super::keys::of_provider;
use super::{CreatedProvider, ProviderIn, ProviderRow};
use crate::context::Identity;
use crate::routes::IdentityApp;
use crate::statistics::Stats;

/// Sites that may ask who a person is
#[derive(Parser)]
#[command(
    name = "provider",
    after_help = "\
Examples:
  hanok provider create --name \"A 쇼핑몰\" --site-code A-SHOP --callback-url https://shop.example.com/hanok
  hanok provider create --name Batch --site-code A-SHOP --delivery poll --json
  hanok provider list
  hanok provider show 5f0c2a9be1d84c7730a1b2c3
  hanok provider stats 5f0c2a9be1d84c7730a1b2c3 --days 7"
)]
pub(crate) enum Provider {
    Create(Box<Create>),
    /// List every provider, the newest first
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one provider and its keys, without their values
    Show {
        /// Its client id
        client_id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Stats(Stats),
}

/// Make a provider; its secret and its key are shown once
#[derive(Args)]
pub(crate) struct Create {
    /// What people read when they are asked
    #[arg(long)]
    name: String,
    /// The code of the company behind it: a person's DI is the same wherever it is the same
    #[arg(long)]
    site_code: String,
    /// Where it is told; needed unless --delivery poll
    #[arg(long)]
    callback_url: Option<String>,
    /// callback: it is told. poll: it asks
    #[arg(long, default_value = "callback")]
    delivery: String,
    /// all: every end. completed: completions only
    #[arg(long, default_value = "all")]
    notify: String,
    /// An address or network that it calls from; may be repeated; none is any
    #[arg(long = "allow", value_name = "NETWORK")]
    allow: Vec<String>,
    /// Answer an unknown number like a known one
    #[arg(long)]
    hide_unknown_users: bool,
    /// Let it receive CI
    #[arg(long)]
    ci_entitled: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Run for Provider {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let opened = host.open().await?;
        let IdentityApp(identity) = opened.app("identity")?;
        match self {
            Self::Create(create) => {
                let json = create.json;
                let new = create.input().check(identity.http.policy())?;
                let made = identity
                    .create_provider(&opened.ctx("provider create"), new)
                    .await?;
                tell(&made, json);
            }
            Self::List { json } => list(&identity.list_providers().await?, json),
            Self::Show { client_id, json } => show(identity, &client_id, json).await?,
            Self::Stats(stats) => stats.run(identity, &opened).await?,
        }
        Ok(())
    }
}

impl Create {
    fn input(self) -> ProviderIn {
        ProviderIn {
            name: Some(self.name),
            site_code: Some(self.site_code),
            callback_url: self.callback_url,
            delivery: Some(self.delivery),
            notify: Some(self.notify),
            address_allow_list: Some(self.allow),
            hide_unknown_users: Some(self.hide_unknown_users),
            ci_entitled: Some(self.ci_entitled),
            ..ProviderIn::default()
        }
    }
}

fn tell(made: &CreatedProvider, json: bool) {
    let CreatedProvider {
        provider,
        client_secret,
        key,
    } = made;
    let jwk = json!({ "kty": "oct", "kid": key.kid, "k": key.base64url() });
    if json {
        let mut told = public(provider);
        told.insert("client_secret".to_owned(), client_secret.expose().into());
        let key = json!({ "kid": key.kid, "jwk": jwk, "base64": key.base64() });
        told.insert("key".to_owned(), key);
        terminal::json(&told);
        return;
    }
    terminal::line(format_args!(
        "{} may ask now. What follows is shown this once:",
        provider.name
    ));
    terminal::line(format_args!("client_id      {}", provider.client_id));
    terminal::line(format_args!("client_secret  {}", client_secret.expose()));
    terminal::line(format_args!("key (JWK)      {jwk}"));
    terminal::line(format_args!("key (Base64)   {}", key.base64()));
}

fn public(row: &ProviderRow) -> Map<String, Value> {
    let public = json!({
        "id": row.id, "client_id": row.client_id, "name": row.name, "delivery": row.delivery, "notify": row.notify,
        "callback_url": row.callback_url, "site_code": row.site_code, "active": row.active,
        "address_allow_list": row.address_allow_list.texts(), "hide_unknown_users": row.hide_unknown_users,
        "ci_entitled": row.ci_entitled, "created_at": row.created_at, "updated_at": row.updated_at,
    });
    public.as_object().cloned().unwrap_or_default()
}

fn list(providers: &[ProviderRow], json: bool) {
    if json {
        terminal::json(&json!({ "providers": providers.iter().map(public).collect::<Vec<_>>() }));
        return;
    }
    let row = |row: &ProviderRow| {
        let state = if row.active { "active" } else { "off" };
        let told = row
            .callback_url
            .clone()
            .unwrap_or_else(|| "asks".to_owned());
        [
            row.client_id.clone(),
            row.name.clone(),
            row.site_code.clone(),
            state.to_owned(),
            told,
        ]
    };
    terminal::table(
        ["client id", "name", "site code", "state", "told at"],
        &providers.iter().map(row).collect::<Vec<_>>(),
    );
}

async fn show(identity: &Identity, client_id: &str, json: bool) -> Result<(), Failure> {
    let found = identity.find_provider_by_client_id(client_id).await?;
    let row = found.ok_or_else(|| {
        Failure::failed(format!(
            "there is no provider {client_id}: `hanok provider list` shows them"
        ))
    })?;
    let id = row.id;
    let keys = identity
        .accounts
        .db
        .read(async move |conn| of_provider(conn, id).await)
        .await?;
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| json!({ "kid": key.key_name, "state": key.state, "activates_at": key.activates_at, "retires_at": key.retires_at, "uses": key.uses }))
        .collect();
    let mut told = public(&row);
    told.insert("keys".to_owned(), keys.into());
    if json {
        terminal::json(&told);
    } else {
        for (name, value) in told {
            terminal::line(format_args!("{name:<20}{}", plain(&value)));
        }
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
