import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.File;
import java.io.FileInputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/**
 * Prints one line for each result, with tabs between the file, what was asked and the answer. Nothing is fetched.
 *
 * Arguments: "seal" FOLDER, whose *.pem are trusted and whose *.pdf have one seal, or "form" FOLDER.
 */
public class Validators {
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < arguments.length; i += 2) {
            if (arguments[i].equals("seal")) seals(new File(arguments[i + 1]));
            else forms(new File(arguments[i + 1]));
        }
    }

    private static void seals(File folder) {
        var trusted = new CommonTrustedCertificateSource();
        for (File root : folder.listFiles((in, name) -> name.endsWith(".pem")))
            trusted.addCertificate(DSSUtils.loadCertificate(root));
        for (File pdf : folder.listFiles((in, name) -> name.endsWith(".pdf"))) {
            var verifier = new CommonCertificateVerifier(); // without sources of CRL, OCSP and AIA: nothing is fetched
            verifier.setTrustedCertSources(trusted);
            var validator = SignedDocumentValidator.fromDocument(new FileDocument(pdf));
            validator.setCertificateVerifier(verifier);
            var report = validator.validateDocument().getSimpleReport();
            for (String id : report.getSignatureIdList())
                print(pdf, report.getSignatureFormat(id).toString(), report.getIndication(id).toString(),
                    report.getAdESValidationErrors(id).stream().map(Message::getValue).collect(Collectors.joining(" ")));
        }
    }

    private static void forms(File folder) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        var foundry = Foundries.defaultInstance();
        for (File pdf : folder.listFiles((in, name) -> name.endsWith(".pdf")))
            for (PDFAFlavour flavour : List.of(PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1))
                try (var parser = foundry.createParser(new FileInputStream(pdf), flavour);
                        var validator = foundry.createValidator(flavour, false)) {
                    var result = validator.validate(parser);
                    print(pdf, flavour.getId(), String.valueOf(result.isCompliant()), result.getTestAssertions().stream()
                        .filter(one -> one.getStatus() == TestAssertion.Status.FAILED)
                        .map(one -> one.getRuleId().getClause() + " " + one.getMessage()).distinct()
                        .collect(Collectors.joining(" ")));
                }
    }

    private static void print(File pdf, String asked, String answer, String why) {
        System.out.println(String.join("\t", pdf.getName().replace(".pdf", ""), asked, answer, why.replaceAll("\\s+", " ")));
    }
}
