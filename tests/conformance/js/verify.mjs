// Another party's verifier: Digital Bazaar's vc with eddsa-rdfc-2022, asked about credentials and holding only what it
// is given. In: {"credentials": [JSON as text, ...], "documents": {url: document}, "now": "..."}.
// Out: [{"verified", "error"}, ...].
import {readFileSync} from 'node:fs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';

const {credentials, documents, now} = JSON.parse(readFileSync(0, 'utf8'));

async function documentLoader(url) {
  if(!Object.hasOwn(documents, url)) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents[url], tag: 'static'};
}

const answers = [];
for(const text of credentials) {
  let credential;
  try {
    credential = JSON.parse(text);
  } catch({message}) {
    answers.push({verified: false, error: message});
    continue;
  }
  const {verified, error} = await vc.verifyCredential({
    credential, documentLoader, now,
    suite: new DataIntegrityProof({cryptosuite}),
    // What a status list says is ours to test; here only signatures are.
    checkStatus: async () => ({verified: true})
  });
  const errors = error ? error.errors ?? [error] : [];
  answers.push({verified, error: errors.map(({message}) => message).join('; ')});
}
console.log(JSON.stringify(answers));
