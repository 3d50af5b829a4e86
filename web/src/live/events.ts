// What the server says over the socket. The Rust side's names: `hanok_web::live::event`, and of a notification
// `hanok_notifications`.

/** Something happened that the person is told of: new, grown by more of it, or taken back. */
export interface NotificationEvent {
  id: string;
  /** The person's own counter; holes are normal. */
  seq: number;
  /** `comment`, `reply`, `mention`, `recommend`, `must_read`, `moderation`, `identity_request`, `sign_in`, `account`. */
  type: string;
  post_id?: number;
  post_title?: string;
  /** What it is about, as it is called now. */
  title?: string;
  comment_id?: number;
  /** Who did it last; nobody where the account is erased or nobody did it. */
  commenter?: string;
  /** How many people did it beside that one. */
  others?: number;
  receiver?: string;
  /** ISO 8601 with offset. */
  timestamp: string;
  path?: string;
  read?: boolean;
  /** There is nothing to be told any more. */
  withdrawn?: boolean;
  /** It is counted and listed, and not said: the person wants it quiet now. */
  quiet?: boolean;
  /** How many are unread with it; only where it is told as it happens. */
  unread?: number;
}

/** The first answer to a connection, and again after a gap: how many notifications are unread, and the counter. */
export interface ReadyEvent {
  unread: number;
  seq: number;
}

/** What was missed, or that too much was missed. */
export type CatchUpBatch =
  | { items: NotificationEvent[]; upto: number; more: boolean; reset?: false }
  | { reset: true; unread: number };

/** A site asks who the person is. Only sockets that may confirm hear it. */
export interface AuthRequestEvent {
  transaction_id: string;
  provider_name: string;
  choices: string[];
  expires_at: string;
  binding_message: string | null;
  /** Only where it is a sign-in to Hanok itself. */
  sign_in?: boolean;
}

/** A request ended. */
export interface AuthDoneEvent {
  transaction_id: string;
  status: "COMPLETED" | "FAILED" | "EXPIRED";
}

/** Something new that somebody should look at; in the room `admin_dashboard`. */
export interface AlertEvent {
  id: string;
  kind: string;
  /** ISO 8601 with offset. */
  at: string;
}

/** A comment of a post was written, edited or deleted, or is hidden or shown again; in the room `post_{number}`. */
export interface CommentEvent {
  post_id: number;
  comment_id: number;
  /** How many comments the post has now. */
  count: number;
}

/** What apps say in their rooms. */
export interface AppEvents {
  alert: (alert: AlertEvent) => void;
  comment: (changed: CommentEvent) => void;
}

/** Events from the server and what each carries. */
export interface ServerEvents extends AppEvents {
  ready: (ready: ReadyEvent) => void;
  auth_request: (request: AuthRequestEvent) => void;
  auth_done: (done: AuthDoneEvent) => void;
  /** What came while the client was away, once, after `ready`. */
  catchup: (batch: CatchUpBatch) => void;
  notification: (notification: NotificationEvent) => void;
  /** Some were read, here or elsewhere. */
  unread: (now: ReadyEvent) => void;
}

/** Events to the server; it knows one. */
export interface ClientEvents {
  sync: (asked: { after?: number }, answer: (batch: CatchUpBatch) => void) => void;
}

/** Why a connection was refused: `connect_error`'s message and `data.code`. */
export type RefusalCode = "unauthorized" | "session_ended" | "too_many_sockets";
