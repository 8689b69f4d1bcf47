// Reads our tokens with jose and with the SD-JWT library of the OpenWallet Foundation: one JSON object in, one out.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { compactVerify, importJWK, jwtVerify } from "jose";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const { vcJwt, sdJwt, altered, jwk, statusLists, seconds } = JSON.parse(readFileSync(0, "utf8"));
const key = await importJWK(jwk, "ES256");

const verifier = (data, signature) => compactVerify(`${data}.${signature}`, key).then(() => true, () => false);
const hasher = (data, algorithm) => createHash(algorithm.replace("-", "")).update(data).digest();
const statusListFetcher = async (uri) => statusLists[uri];
const reader = new SDJwtVcInstance({ verifier, hasher, hashAlg: "sha-256", statusListFetcher });
const read = async (token) => (await reader.verify(token, { currentDate: seconds })).payload;
const refused = (promise) => promise.then(() => false, () => true);

const presented = await reader.present(sdJwt, { name: true });
const readVc = (token) =>
  jwtVerify(token, key, { algorithms: ["ES256"], typ: "JWT", currentDate: new Date(seconds * 1000) });
console.log(
  JSON.stringify({
    vcJwt: (await readVc(vcJwt)).payload,
    sdJwt: await read(sdJwt),
    presented,
    refused: {
      vcJwt: await Promise.all(altered.vcJwt.map((token) => refused(readVc(token)))),
      sdJwt: await Promise.all(altered.sdJwt.map((token) => refused(read(token)))),
    },
  }),
);
