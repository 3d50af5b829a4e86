// npm oidc-provider with CIBA in poll mode, on its own default adapter: in memory, nothing is durable.
// Started by ../../run, which gives PORT, CLIENT_ID and CLIENT_SECRET.
import Provider from 'oidc-provider';

const { PORT, CLIENT_ID, CLIENT_SECRET } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    grant_types: ['urn:openid:params:grant-type:ciba'],
    redirect_uris: [],
    response_types: [],
    backchannel_token_delivery_mode: 'poll',
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  features: {
    devInteractions: { enabled: false },
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      // Every number is somebody: no table is asked.
      processLoginHint: (ctx, loginHint) => loginHint,
      verifyUserCode: () => {},
      validateRequestContext: () => {},
      // No phone is told.
      triggerAuthenticationDevice: () => {},
    },
  },
  findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
});

// The person's approval, which a device would bring: the bench calls it for them.
provider.use(async (ctx, next) => {
  if (ctx.method !== 'POST' || ctx.path !== '/approve') return next();
  const request = await provider.BackchannelAuthenticationRequest.find(ctx.query.auth_req_id);
  const grant = new provider.Grant({ clientId: request.clientId, accountId: request.accountId });
  grant.addOIDCScope(request.scope);
  await grant.save();
  await provider.backchannelResult(request, grant);
  ctx.status = 204;
});

provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(Number(PORT), '127.0.0.1');
