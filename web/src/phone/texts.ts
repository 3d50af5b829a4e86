// The phone page's texts: the page brings them in its language, as JSON in a data block.

/** Every text that the phone may show. `{name}` stands for a value. */
export const TEXT_KEYS = [
  "title", "online", "connecting", "offline", "sound_on", "sound_off", "demo",
  "unsupported_title", "unsupported_note",
  "pair_title", "pair_note", "pair_code", "pair_name", "pair_name_hint", "pair_submit", "pair_sending", "pair_replaces",
  "pair_cancel", "pair_code_missing", "pair_name_missing",
  "name_iphone", "name_android", "name_other",
  "idle_title", "idle_note", "idle_phone", "forget", "forget_sure", "forget_yes", "forget_no",
  "asks", "asked_at", "time_left", "choose", "pin", "pin_entered", "pin_digit", "pin_delete", "pin_clear",
  "sign_in_asks", "sign_in_from", "sign_in_beware", "sign_in_arrived", "sign_in_approved_note", "sign_in_denied_note",
  "approve", "approving", "deny", "denying", "choose_first", "pin_first", "pin_wrong", "others", "show_other", "arrived", "retry",
  "approved_title", "approved_note", "denied_title", "denied_note", "expired_title", "expired_note",
  "ended_title", "ended_note", "elsewhere_title", "elsewhere_note", "ok",
  "revoked_title", "revoked_note", "pair_again",
  "refused_title", "error_already_processed", "error_transaction_expired", "error_binding_mismatch", "error_invalid_pin", "error_account_locked",
  "error_account_disabled", "error_provider_inactive", "error_unknown_transaction", "error_device_required",
  "error_invalid_device", "error_invalid_request", "error_rate_limited", "error_busy", "error_unavailable",
  "error_network", "error_unknown",
] as const;

/** The name of a text. */
export type TextKey = (typeof TEXT_KEYS)[number];

/** A text with its values put in. */
export type Say = (key: TextKey, values?: Record<string, string | number>) => string;

/** Puts values into a text. */
export function filled(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The texts of a data block; a missing one is shown by its key, which a test of the page notices. */
export function speaker(json: string): Say {
  const texts = JSON.parse(json) as Partial<Record<string, string>>;
  return (key, values) => filled(texts[key] ?? key, values);
}

const KNOWN = new Set<string>(TEXT_KEYS);

/** The text for a refusal's code. */
export function errorKey(code: string): TextKey {
  const key = `error_${code}`;
  return KNOWN.has(key) ? (key as TextKey) : "error_unknown";
}
