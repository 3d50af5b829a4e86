// What the server says over the socket. The Rust side's names: `hanok_web::live::event`.
// Not sent yet, since there are no notifications: `notification`, `catchup`, and answers to `sync` with items or a reset.

/** Somebody answered, or something happened that the person is told of. Not sent yet. */
export interface NotificationEvent {
  id: string;
  /** The person's own counter; holes are normal. */
  seq: number;
  type: string;
  post_id?: string;
  post_title?: string;
  commenter?: string;
  receiver?: string;
  /** ISO 8601 with offset. */
  timestamp: string;
}

/** The first word after a connection: how many notifications are unread, and the counter; 0 and 0 for now. */
export interface ReadyEvent {
  unread: number;
  seq: number;
}

/** What was missed, or that too much was missed. For now only the answer to `sync`, which is that nothing was. */
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
  /** Not sent yet. */
  catchup: (batch: CatchUpBatch) => void;
  /** Not sent yet. */
  notification: (notification: NotificationEvent) => void;
}

/** Events to the server; it knows one. */
export interface ClientEvents {
  sync: (asked: { after: number }, answer: (batch: CatchUpBatch) => void) => void;
}

/** Why a connection was refused: `connect_error`'s message and `data.code`. */
export type RefusalCode = "unauthorized" | "session_ended" | "too_many_sockets";
