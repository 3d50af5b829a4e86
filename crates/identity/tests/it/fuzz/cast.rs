//! Who calls, and the words that mean something here: without them no random call would get far.

use hanok_testkit::{Person, Phone};
use serde_json::{Value, json};

use super::dice::Dice;
use crate::kit::{Asked, House, Shop};

/// People, a phone and a provider, all new.
pub struct Cast {
    pub user: Person,
    pub highest: Person,
    pub phone: Phone,
    pub shop: Shop,
    asked: Asked,
    completed: Asked,
    pairing_code: String,
    jwk: Value,
}

impl Cast {
    pub async fn new(house: &House) -> Self {
        let number = house.app.random.below(u32::MAX);
        let (user, phone) = house.paired(&format!("user-{number}")).await;
        let highest = house.app.person(&format!("highest-{number}"));
        let highest = highest.roles(&["super_admin"]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let completed = house.completed(&shop, &user, &phone).await;
        let asked = shop.ask(&user).await;
        let password = json!({ "password": highest.password });
        let client = house.app.client().of(&highest);
        let pairing = client.post("/api/v1/me/devices").json(password).await;
        let pairing_code = pairing.body["pairing_code"].as_str().unwrap().to_owned();
        Self {
            user,
            highest,
            phone,
            shop,
            asked,
            completed,
            pairing_code,
            jwk: Phone::new_jwk(),
        }
    }

    /// An id that something may have.
    pub fn id(&self, dice: &Dice) -> String {
        let (user, highest) = (self.user.id.to_string(), self.highest.id.to_string());
        let ids = [
            self.asked.id.as_str(),
            &self.completed.id,
            &self.shop.id,
            self.phone.device_id(),
            &user,
            &highest,
            "00000000-0000-0000-0000-000000000000",
            "01900000-0000-7000-8000-000000000000",
        ];
        dice.one_of(&ids).to_owned()
    }

    /// A value that a field of this name may well have.
    pub fn word(&self, dice: &Dice, field: &str) -> Value {
        let (user, highest) = (&self.user, &self.highest);
        match field {
            "username" | "user_id" => {
                json!(dice.one_of(&[user.username.as_str(), &highest.username, "new.name"]))
            }
            "email" => json!("haneul@example.org"),
            "password" | "current_password" | "new_password" => {
                json!(dice.one_of(&[user.password.as_str(), "Maru-tree-8", "Bada-wave-9"]))
            }
            "name" => json!(dice.one_of(&["김하늘", "A 쇼핑몰"])),
            "birthdate" => json!(dice.one_of(&["1994-08-23", "2999-01-01", "1994-02-30"])),
            "phone_number" | "user_phone_number" => {
                json!(dice.one_of(&[user.phone.as_str(), "01074000001", "+82 10-7400-0002"]))
            }
            "pin_code" | "current_pin" => {
                json!(dice.one_of(&[user.pin.as_str(), "917364", "111111"]))
            }
            "code" => json!(dice.one_of(&["123456", "000000"])),
            "refresh_token" => {
                json!(dice.one_of(&[user.refresh_token.as_str(), &highest.refresh_token]))
            }
            "transaction_id" => {
                json!(dice.one_of(&[&self.asked.id, &self.completed.id, &self.id(dice)]))
            }
            "binding_code" => json!(self.asked.number),
            "state" | "binding_message" => json!(dice.one_of(&["order-1", "주문 1"])),
            "pairing_code" => json!(self.pairing_code),
            "public_key" => self.jwk.clone(),
            "client_id" => json!(self.shop.client_id),
            "client_secret" => json!(self.shop.secret),
            "site_code" => json!("SHOP-A"),
            "callback_url" => json!(dice.one_of(&[
                "https://127.0.0.1/",
                "https://shop.invalid/cb",
                "https://b.invalid/"
            ])),
            "delivery" => json!(dice.one_of(&["poll", "callback"])),
            "notify" => json!(dice.one_of(&["all", "completed"])),
            "address_allow_list" => json!(["127.0.0.0/8", "::1"]),
            "requests_per_minute" => json!(100_000),
            "requested_expiry" => json!(dice.below(700)),
            "overlap_hours" => json!(dice.below(800)),
            "version" => json!(dice.below(3)),
            "role" => json!(dice.one_of(&["user", "USER", "admin"])),
            "active" | "hide_unknown_users" | "ci_entitled" => json!(dice.percent(70)),
            _ => json!(dice.text()),
        }
    }

    /// The name of a key, a cursor, or another word of the address.
    pub fn kid(&self) -> &str {
        self.shop.key["kid"].as_str().unwrap()
    }
}
