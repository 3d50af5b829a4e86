//! What an owner of providers may see elsewhere: SQL that other apps put into their own questions.

/// The people who approved a request of a provider that the viewer owns. Who refused told the provider
/// nothing, and stays unseen.
pub(crate) const ANSWERED_PEOPLE: &str = "SELECT t.account_id FROM auth_transaction t \
    JOIN service_provider p ON p.id = t.provider_id \
    WHERE p.owner_id = {viewer} AND t.status = 'COMPLETED' AND t.account_id IS NOT NULL";

/// The requests of the viewer's providers that were approved: of these the viewer knows whose they are.
pub(crate) const APPROVED_REQUESTS: &str = "SELECT t.id FROM auth_transaction t \
    JOIN service_provider p ON p.id = t.provider_id WHERE p.owner_id = {viewer} AND t.status = 'COMPLETED'";

/// The providers that the viewer owns.
pub(crate) const OWNED_PROVIDERS: &str =
    "SELECT p.id FROM service_provider p WHERE p.owner_id = {viewer}";

/// Every provider and its name.
pub(crate) const NAMED_PROVIDERS: &str = "SELECT p.id, p.name FROM service_provider p";
