// Other parties' verifiers, with the status as each reads it over HTTP: Digital Bazaar's vc and vc-bitstring-status-list
// for JSON-LD, the OpenWallet Foundation's sd-jwt-vc for SD-JWT VCs.
// In: {"issuer": "https://...", "served": "http://127.0.0.1:...", "contexts": {url: document}, "jsonld", "sdJwt": text}.
// Out: {"jsonld", "sdJwt": null when it is accepted, otherwise why not}.
import {createHash, webcrypto} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as vc from '@digitalbazaar/vc';

const {issuer, served, contexts, jsonld, sdJwt} = JSON.parse(readFileSync(0, 'utf8'));

// The register under its public address is the one that is served here.
const {fetch: network} = globalThis;
globalThis.fetch = (url, options) => {
  if(!String(url).startsWith(`${issuer}/`)) {
    throw new Error(`nothing is fetched elsewhere: ${url}`);
  }
  return network(served + String(url).slice(issuer.length), options);
};
async function json(url) {
  const response = await fetch(url);
  if(!response.ok) {
    throw new Error(`${response.status}: ${url}`);
  }
  return response.json();
}

const did = `did:web:${new URL(issuer).host}`;
async function documentLoader(url) {
  const answer = document => ({contextUrl: null, documentUrl: url, document, tag: 'static'});
  if(Object.hasOwn(contexts, url)) {
    return answer(contexts[url]);
  }
  if(!url.startsWith(did)) {
    return answer(await json(url));
  }
  const found = await json(`${issuer}/.well-known/did.json`);
  if(url === did) {
    return answer(found);
  }
  const method = found.verificationMethod.find(({id}) => id === url);
  return answer({'@context': 'https://w3id.org/security/multikey/v1', ...method});
}

async function verifyJsonLd() {
  const suite = new DataIntegrityProof({cryptosuite});
  const credential = JSON.parse(jsonld);
  const {verified, error, statusResult} = await vc.verifyCredential({credential, documentLoader, suite, checkStatus});
  if(!verified) {
    throw error;
  }
  // The library reports each bit, and leaves it to its caller to refuse.
  const set = statusResult.results.filter(({status}) => status);
  if(set.length > 0) {
    throw new Error(`status: ${set.map(({credentialStatus}) => credentialStatus.statusPurpose)}`);
  }
}

async function verifySdJwt() {
  const {jwks: {keys}} = await json(`${issuer}/.well-known/jwt-vc-issuer`);
  const {kid} = JSON.parse(Buffer.from(sdJwt.split('.')[0], 'base64url'));
  const {kty, crv, x, y} = keys.find(key => key.kid === kid);
  const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
  const key = await webcrypto.subtle.importKey('jwk', {kty, crv, x, y}, algorithm, false, ['verify']);
  const verifier = (data, signature) =>
    webcrypto.subtle.verify(algorithm, key, Buffer.from(signature, 'base64url'), Buffer.from(data));
  const hasher = (data, name) => createHash(name.replace('-', '')).update(data).digest();
  // It fetches the list itself, with its own Accept, and demands the media type.
  await new SDJwtVcInstance({verifier, hasher, hashAlg: 'sha-256'}).verify(sdJwt);
}

const why = promise => promise.then(() => null, ({message, errors}) => errors?.map(e => e.message).join('; ') ?? message);
console.log(JSON.stringify({jsonld: await why(verifyJsonLd()), sdJwt: await why(verifySdJwt())}));
