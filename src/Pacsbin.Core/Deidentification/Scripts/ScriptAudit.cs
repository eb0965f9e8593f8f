using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Compares a script with every row of PS3.15 Table E.1-1, without any data.</summary>
/// <remarks>
/// <para>What is not surely as strong as the standard counts as weaker. From the strongest: the file is withheld; X, removed; Z, emptied; D, replaced by text that is not the file's; U, another UID;
/// C, a date that moves; K, kept. A code such as X/Z/D asks for the first of its letters, because no IOD is known here. Of several branches the weakest counts.</para>
/// <para>A hash without a key is weaker than all of these but K: who counts through patient numbers finds the one that was hashed. Only a UID, of which there are too many to count, may be hashed
/// where the standard says U. Dates that move by a hash without a key, or by days that stand in the script, are weaker than C; by the days of a lookup table they are the same.</para>
/// <para>Rules on items of sequences count only if no sequence can stay that is not walked. What Pacsbin's options sequenceAction, removeDisabled and strict might do is not counted on.</para>
/// <para>It is the script that is compared: what a run that is not exact does besides, because the profile decides what no rule names, makes no row better.</para>
/// </remarks>
public sealed class ScriptAudit
{
    private static readonly Tag SopInstanceUid = new(0x00080018);

    private readonly ScriptPrecedence precedence;
    private readonly string path;
    private readonly bool anyItems;
    private readonly bool anyUnwalked;

    private ScriptAudit(AnonymizerScript script, DeidentificationProfile profile, string path)
    {
        precedence = new ScriptPrecedence(script);
        this.path = path;
        Profile = profile;
        var unwalked = 0;
        foreach (var outcomes in Sequences())
        {
            var actions = outcomes.Select(o => o.Action).ToList();
            anyItems |= actions.Any(a => a is not (ScriptAction.Withheld or ScriptAction.Removed or ScriptAction.Dropped or ScriptAction.Emptied));
            unwalked += actions.Any(precedence.LeavesItems) ? 1 : 0;
        }

        anyUnwalked = unwalked > 0;
        var table = RuleTable.Listed(profile.Options).ToList();
        Rows = [.. table.Select(r => Compare(r.Tag, r.Index, r.Action, ScriptAuditPlace.Root)), .. table.Select(r => Compare(r.Tag, r.Index, r.Action, ScriptAuditPlace.Nested))];
        Root = Count(ScriptAuditPlace.Root, 0);
        Nested = Count(ScriptAuditPlace.Nested, unwalked);
    }

    /// <summary>What the script is compared with.</summary>
    public DeidentificationProfile Profile { get; }

    /// <summary>In the table's order, first for the data set itself, then for items of sequences.</summary>
    public IReadOnlyList<ScriptAuditRow> Rows { get; }

    /// <summary>The counts for the data set itself.</summary>
    public ScriptAuditSummary Root { get; }

    /// <summary>The counts for items of sequences.</summary>
    public ScriptAuditSummary Nested { get; }

    /// <summary>Audits a script, as exactly or safely as it was read.</summary>
    /// <param name="script">The script.</param>
    /// <param name="profile">What to compare with.</param>
    /// <param name="path">The script's file, for the rows to name.</param>
    public static ScriptAudit Of(AnonymizerScript script, DeidentificationProfile profile, string path = "")
    {
        ArgumentNullException.ThrowIfNull(script);
        ArgumentNullException.ThrowIfNull(profile);
        return new ScriptAudit(script, profile, path);
    }

    public override string ToString() => $"{Root.Missing} of {Root.Rows} attributes missing";

    /// <summary>What may become of each sequence of the dictionary, and of private ones: in the data set and in items.</summary>
    private IEnumerable<IEnumerable<ScriptOutcome>> Sequences()
    {
        for (var index = 0; index < DicomDictionary.Count; index++)
        {
            if (DicomDictionary.VrAt(index) == Vr.SQ)
            {
                var tag = DicomDictionary.TagAt(index);
                yield return precedence.Of(tag, Vr.SQ, isRoot: true).Concat(precedence.Of(tag, Vr.SQ, isRoot: false));
            }
        }

        yield return precedence.OfPrivate(isRoot: true).Concat(precedence.OfPrivate(isRoot: false));
    }

    private ScriptAuditRow Compare(string pattern, int index, ElementAction standard, ScriptAuditPlace place)
    {
        var outcomes = place == ScriptAuditPlace.Root ? Outcomes(pattern, index, isRoot: true)
            : anyUnwalked ? [new ScriptOutcome(ScriptAction.NotReached)]
            : anyItems ? Outcomes(pattern, index, isRoot: false)
            : [new ScriptOutcome(ScriptAction.Dropped)];
        var worst = outcomes.OrderByDescending(o => o.Against(standard)).ThenByDescending(o => o.Action).First();
        var (keyword, name) = pattern switch
        {
            "PRIVATE" => ("PrivateAttributes", "Private Attributes"),
            "50xxxxxx" => ("CurveData", "Curve Data"),
            _ => (DicomDictionary.EntryAt(index).Keyword, DicomDictionary.EntryAt(index).Name),
        };
        return new ScriptAuditRow(
            pattern.Length == 8 ? $"({pattern[..4]},{pattern[4..]})" : pattern,
            keyword,
            name,
            place,
            CodeOf(standard),
            worst.Action,
            worst.Against(standard),
            worst.Rule?.Text,
            worst.Rule?.Line,
            path);
    }

    private IEnumerable<ScriptOutcome> Outcomes(string pattern, int index, bool isRoot)
    {
        if (pattern == "PRIVATE")
        {
            return precedence.OfPrivate(isRoot);
        }

        if (!pattern.Contains('x', StringComparison.Ordinal))
        {
            // (0002,0003) is written anew, with the instance's new UID.
            var tag = DicomDictionary.TagAt(index);
            return precedence.Of(isRoot && tag.Value == 0x00020003 ? SopInstanceUid : tag, DicomDictionary.VrAt(index), isRoot);
        }

        // PS3.5 7.6: groups repeat at even numbers up to 1E.
        var groups = Enumerable.Range(0, 16).Select(i => (ushort)((pattern[0] == '5' ? 0x5000 : 0x6000) + (2 * i)));
        return pattern == "50xxxxxx" ? groups.SelectMany(g => precedence.OfCurve(g, isRoot))
            : groups.SelectMany(g => precedence.Of(new Tag(g, DicomDictionary.TagAt(index).Element), DicomDictionary.VrAt(index), isRoot));
    }

    private ScriptAuditSummary Count(ScriptAuditPlace place, int unwalked)
    {
        var verdicts = Rows.Where(r => r.Place == place).ToLookup(r => r.Verdict);
        int Of(ScriptVerdict verdict) => verdicts[verdict].Count();
        return new ScriptAuditSummary(
            place, verdicts.Sum(v => v.Count()), Of(ScriptVerdict.Same), Of(ScriptVerdict.Stronger), Of(ScriptVerdict.Weaker), Of(ScriptVerdict.Missing), unwalked, path);
    }

    private static string CodeOf(ElementAction action) => action switch
    {
        ElementAction.Keep => "K",
        ElementAction.Remove => "X",
        ElementAction.Empty => "Z",
        ElementAction.Dummy => "D",
        ElementAction.ReplaceUid => "U",
        ElementAction.ShiftDate => "C",
        ElementAction.RemoveOrEmpty => "X/Z",
        ElementAction.RemoveOrDummy => "X/D",
        ElementAction.RemoveEmptyOrDummy => "X/Z/D",
        ElementAction.EmptyOrDummy => "Z/D",
        _ => "X/Z/U*",
    };
}
