using System.Text.RegularExpressions;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>The items of De-identification Method Code Sequence that a rule's text asks for: <c>113100/113107</c>.</summary>
internal static partial class MethodCodes
{
    private const string Reset = "reset";

    /// <summary>Adds an item for each code of CID 7050 that the text has, unless it is there; <c>reset</c> clears what is there first.</summary>
    internal static void AddTo(DicomSequence sequence, string text)
    {
        if (text.Contains(Reset, StringComparison.Ordinal))
        {
            sequence.Items.Clear();
        }

        foreach (var code in Digits().Matches(text).Select(m => m.Value))
        {
            var meaning = DeidentificationProfile.AllCodes.FirstOrDefault(c => c.Code == code).Meaning;
            if (meaning is not null && !sequence.Items.Exists(i => i.GetString(Tags.CodeValue) == code))
            {
                sequence.Items.Add(CodedEntry.Dicom(code, meaning));
            }
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
