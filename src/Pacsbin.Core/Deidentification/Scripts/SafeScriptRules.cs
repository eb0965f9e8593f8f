using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Applies a script's rules to the attributes of one instance, and leaves all others to the profile.</summary>
/// <remarks>
/// What CTP lets through goes: text that a VR cannot hold and <c>@empty()</c> on a sequence empty the attribute, curves go with their option, a sequence that stays is walked,
/// and a file that CTP would pass on as it is is withheld. Every rule reads the original.
/// </remarks>
/// <param name="script">The script.</param>
/// <param name="source">The instance.</param>
/// <param name="findings">Told of what could not be stored, and of rules that were overruled.</param>
/// <param name="overruled">Attributes whose rules have left an identifier; null for none.</param>
internal sealed class SafeScriptRules(CompiledScript script, DicomFile source, FindingLog findings, IReadOnlySet<Tag>? overruled)
{
    private static readonly byte[] Latin1 = "ISO_IR 100"u8.ToArray();
    private readonly ScriptScope scope = new(source.Dataset, source.FileMeta);

    /// <summary>Does what the script says of an element, unless it stays; null if the script says nothing.</summary>
    /// <exception cref="PacsbinException">Quarantined if a rule says so.</exception>
    public ScriptEffect? Apply(in DicomElement element, DicomDataset from, DicomDataset to)
    {
        var tag = element.Tag;
        if (IsGraphic(tag))
        {
            return ScriptEffect.Remove;
        }

        if (tag == Tags.SpecificCharacterSet)
        {
            return null; // the copy's text is written in it
        }

        if (script.Find(tag, from) is not { } rule)
        {
            return !tag.IsPrivate && script.Drops(tag, isSafePrivate: false) ? ScriptEffect.Remove : null;
        }

        if (IsOverruled(tag))
        {
            return null;
        }

        scope.Current = from;
        var result = Result(rule, tag);
        if (IsOfTheEngine(tag) && result.Effect != ScriptEffect.Remove)
        {
            return null;
        }

        switch (result.Effect)
        {
            case ScriptEffect.Keep when rule.Rule.Key is { Creator: not null, IsCreatorElement: false } && from.TryGet(tag.PrivateCreator, out var creator):
                to.Set(new DicomElement(creator.Tag, Vr.LO, creator.Value));
                break;
            case ScriptEffect.Empty or ScriptEffect.Replace:
                return Store(result, tag, element.Vr, to);
        }

        return result.Effect;
    }

    /// <summary>Adds the attributes that the data set lacks and the script asks for.</summary>
    /// <exception cref="PacsbinException">Quarantined if a rule says so.</exception>
    public void Insert(DicomDataset to)
    {
        scope.Current = source.Dataset;
        if (!source.Dataset.Contains(Tags.SpecificCharacterSet))
        {
            to.Set(new DicomElement(Tags.SpecificCharacterSet, Vr.CS, Latin1));
        }

        foreach (var (tag, rule) in script.Inserting)
        {
            if (source.Dataset.Contains(tag) || tag == Tags.SpecificCharacterSet || IsGraphic(tag) || IsOfTheEngine(tag) || IsOverruled(tag))
            {
                continue;
            }

            var result = Result(rule, tag);
            if (result.Effect is ScriptEffect.Empty or ScriptEffect.Replace
                && (rule.InsertsSequence || ScriptValue.VrOf(tag, Vr.None, result.Text) != Vr.SQ || (tag == Tags.DeidentificationMethodCodeSequence && result.Effect == ScriptEffect.Replace)))
            {
                Store(result, tag, Vr.None, to);
            }
        }
    }

    /// <summary>Whether a value is never text of a rule: file meta is written anew, and pixels are cleaned.</summary>
    private static bool IsOfTheEngine(Tag tag) => tag.Group == 0x0002 || PixelElements.IsPixelData(tag);

    private bool IsGraphic(Tag tag) =>
        (script.Script.Options.RemoveOverlays && ScriptOptions.IsOverlay(tag)) || (script.Script.Options.RemoveCurves && ScriptOptions.IsCurve(tag));

    private bool IsOverruled(Tag tag)
    {
        var isOverruled = overruled?.Contains(tag) == true;
        if (isOverruled)
        {
            findings.Note(FindingKind.RuleOverruled, tag);
        }

        return isOverruled;
    }

    private ScriptResult Result(CompiledRule rule, Tag tag)
    {
        var result = rule.Apply(scope, tag);
        return result.Effect switch
        {
            ScriptEffect.Quarantine => throw new PacsbinException(PacsbinError.Quarantined, $"The script withholds the file. {result.Text}", tag),
            ScriptEffect.Skip => throw new PacsbinException(PacsbinError.Quarantined, "The script passes the file on as it is, which only an exact run does.", tag),
            _ => result,
        };
    }

    private ScriptEffect Store(ScriptResult result, Tag tag, Vr found, DicomDataset to)
    {
        var index = DicomDictionary.IndexOf(tag);
        var vr = ScriptValue.VrOf(tag, index >= 0 && !DicomDictionary.IsAmbiguousAt(index) ? DicomDictionary.VrAt(index) : found, result.Text);
        if (vr == Vr.SQ)
        {
            var sequence = new DicomSequence();
            if (tag == Tags.DeidentificationMethodCodeSequence)
            {
                MethodCodes.AddTo(sequence, result.Text);
            }
            else if (result.Effect == ScriptEffect.Replace)
            {
                findings.Note(FindingKind.ValueNotStored, tag);
            }

            to.Set(new DicomElement(tag, vr, sequence));
            return ScriptEffect.Empty;
        }

        if (result.Effect == ScriptEffect.Replace)
        {
            if (ScriptValue.TryEncode(result.Text, vr, to.CharacterSet, out var value) && ValueRules.IsLegal(vr, value) && (vr != Vr.UI || Workspace.AreUids(result.Text)))
            {
                to.Set(new DicomElement(tag, vr, value));
                return ScriptEffect.Replace;
            }

            findings.Note(FindingKind.ValueNotStored, tag);
        }

        to.Set(new DicomElement(tag, vr, ReadOnlyMemory<byte>.Empty));
        return ScriptEffect.Empty;
    }
}
