//! Events on their way to sockets: to those of this process, and over the fan-out to those of the others. What comes
//! from there is taken as it is: the fan-out is sealed, so nobody but a process of the installation says it.

use std::sync::{Arc, Weak};

use engineioxide::Str;
use hanok_base::shared::{Fanout, News};
use serde::{Deserialize, Serialize};

use super::audience::{Audience, sessions};
use super::house::House;
use super::packet;
use super::seat::Seat;

/// What processes tell each other of events.
const CHANNEL: &str = "live";

/// What processes tell each other of rooms: the prefix of those whose seats are to be judged anew.
const ROOMS: &str = "rooms";

/// An event on its way to another process.
#[derive(Serialize, Deserialize)]
struct Told<'a> {
    room: std::borrow::Cow<'a, str>,
    audience: Audience,
    /// The packet, as sockets are sent it.
    packet: String,
}

impl House {
    /// Hears what the other processes emit from now on, and tells them what this one does.
    pub(super) fn join(self: &Arc<Self>, fanout: Arc<dyn Fanout>) {
        if !fanout.reaches_others() {
            return;
        }
        let house = Arc::downgrade(self);
        fanout.subscribe(CHANNEL, Arc::new(move |news| hear(&house, news)));
        let house = Arc::downgrade(self);
        fanout.subscribe(ROOMS, Arc::new(move |news| hear_of_change(&house, news)));
        if self.fanout.set(fanout).is_err() {
            tracing::error!("the live sockets were joined to a second fan-out");
        }
    }

    /// Sends an event to those in a room whom it is for, in every process.
    pub(super) fn emit(
        self: &Arc<Self>,
        room: &str,
        audience: &Audience,
        event: &str,
        payload: &impl Serialize,
    ) {
        let is_alone = self.fanout.get().is_none();
        if is_alone && self.registry().is_empty_room(room) {
            return;
        }
        match packet::emitted(event, payload) {
            Ok(packet) => {
                self.deliver(room, audience, &packet);
                self.tell(room, audience, packet);
            }
            Err(error) => tracing::error!(%error, event, "an event cannot be written as JSON"),
        }
    }

    fn tell(&self, room: &str, audience: &Audience, packet: String) {
        let Some(fanout) = self.fanout.get() else {
            return;
        };
        let told = Told {
            room: room.into(),
            audience: audience.clone(),
            packet,
        };
        match serde_json::to_string(&told) {
            Ok(text) => fanout.publish(CHANNEL, text),
            Err(error) => tracing::error!(%error, "an event cannot be told other processes"),
        }
    }

    /// Has the other processes judge anew who is in the rooms of a prefix.
    pub(super) fn tell_of_change(&self, prefix: &str) {
        if let Some(fanout) = self.fanout.get() {
            fanout.publish(ROOMS, prefix.to_owned());
        }
    }

    /// Sends a packet to those of this process whom it is for.
    fn deliver(self: &Arc<Self>, room: &str, audience: &Audience, packet: &str) {
        let text = Str::from(packet.to_owned());
        self.send_to(room, |seat| audience.admits(seat), &text);
        if let Audience::DevicesAnd(judge) = audience {
            self.deliver_as_judged(room, judge, text);
        }
    }

    fn send_to(&self, room: &str, passes: impl Fn(&Seat) -> bool, text: &Str) {
        let connections = self.registry().members(room, passes);
        for connection in &connections {
            self.send(connection, text.clone());
        }
    }

    /// Sends a packet to the sessions that the judge admits, beside everything else.
    fn deliver_as_judged(self: &Arc<Self>, room: &str, judge: &str, text: Str) {
        let asked = sessions(self.registry().seated(room));
        if asked.is_empty() {
            return;
        }
        let Some(judge) = self.judges().get(judge) else {
            tracing::debug!(judge, "nobody here says whose sockets hear this");
            return;
        };
        let (house, room) = (Arc::clone(self), room.to_owned());
        self.spawn(async move {
            for (account, sessions) in asked {
                match judge.admitted(account, sessions).await {
                    Ok(admitted) => {
                        let passes =
                            |seat: &Seat| seat.session.is_some_and(|id| admitted.contains(&id));
                        house.send_to(&room, passes, &text);
                    }
                    Err(error) => tracing::warn!(error, "sessions were not told of an event"),
                }
            }
        });
    }
}

fn hear_of_change(house: &Weak<House>, news: News<'_>) {
    let Some(house) = house.upgrade() else { return };
    match news {
        // Whatever prefix was missed.
        News::Gap => house.judge_anew(""),
        News::Text(prefix) => house.judge_anew(prefix),
    }
}

fn hear(house: &Weak<House>, news: News<'_>) {
    let Some(house) = house.upgrade() else { return };
    match news {
        News::Gap => house.greet_again(),
        News::Text(text) => match serde_json::from_str::<Told<'_>>(text) {
            Ok(told) => house.deliver(&told.room, &told.audience, &told.packet),
            // A process of another release: its sockets' pages ask for what they need.
            Err(error) => tracing::debug!(%error, "another process's event is not understood"),
        },
    }
}
