using Pacsbin.Dicom;

namespace Pacsbin.Tests.Dicom;

/// <summary>Has pydicom compare originals with copies, in one process for all.</summary>
internal static class PydicomComparison
{
    /// <summary>Reads pairs as JSON from standard input; prints each difference, and at last how many pairs it compared.</summary>
    public const string Script = """
        import json, sys, warnings
        import pydicom
        from pydicom.dataelem import RawDataElement
        from pydicom.tag import Tag
        warnings.simplefilter('ignore')
        pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
        import logging
        logging.disable(logging.CRITICAL)

        def dropped(tag):
            return tag.element == 0 or tag.group == 2 or tag == Tag(0xFFFCFFFC)

        def compare(one, two, path):
            tags = [t for t in sorted(one.keys()) if not dropped(t)]
            if tags != sorted(two.keys()):
                return path + ': other tags'
            for tag in tags:
                here = path + str(tag)
                raw = one.get_item(tag), two.get_item(tag)
                if all(isinstance(r, RawDataElement) and r.VR != 'SQ' for r in raw):
                    left, right = (r.value or b'' for r in raw)
                    if len(left) % 2:
                        left, right = left, right[:-1] if len(right) == len(left) + 1 and right[-1:] in (b' ', b'\0') else right
                    if left == right:
                        continue
                    return here + ': other bytes'
                left, right = one[tag], two[tag]
                if left.VR != right.VR:
                    return here + ': other VR'
                if left.VR != 'SQ':
                    if left.value != right.value:
                        return here + ': other value'
                    continue
                if len(left.value) != len(right.value):
                    return here + ': other number of items'
                for i, (a, b) in enumerate(zip(left.value, right.value)):
                    difference = compare(a, b, here + '[%d]' % i)
                    if difference:
                        return difference
            return None

        pairs = json.load(sys.stdin)
        for pair in pairs:
            try:
                one = pydicom.dcmread(pair['original'], force=True)
                two = pydicom.dcmread(pair['copy'])
                difference = compare(one, two, '')
            except Exception as e:
                difference = 'pydicom: %s' % type(e).__name__
            if difference:
                print(pair['name'], difference)
        print(len(pairs), 'compared')
        """;

    /// <summary>Whether we corrected the file where pydicom takes it as it stands, so that the two must differ.</summary>
    /// <remarks>Nor does it inflate what JPIP deflates.</remarks>
    public static bool ReadsOtherwise(DicomFile file) => file.TransferSyntax is { IsJpip: true, IsDeflated: true } || file.Findings.Any(f =>
        f.Kind is FindingKind.DuplicateElement or FindingKind.UnknownVr or FindingKind.TransferSyntaxGuessed or FindingKind.MissingDelimiter);
}
