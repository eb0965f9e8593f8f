using System.Text;
using System.Text.RegularExpressions;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Applies a script to one instance as CTP does, leaks included; every rule reads the original.</summary>
internal sealed partial class ExactScriptWalk(CompiledScript script, DicomFile source, FindingLog findings)
{
    private static readonly byte[] Latin1 = "ISO_IR 100"u8.ToArray();
    private static readonly byte[] Space = " "u8.ToArray();
    private readonly ScriptScope scope = new(source.Dataset, source.FileMeta) { IsExact = true };
    private int kept;
    private int removed;
    private int emptied;
    private int replaced;
    private int replacedUids;

    /// <summary>Whether compressed pixels are left out, because they are erased and added afterwards.</summary>
    public bool ErasesPixels { get; init; }

    /// <summary>How many attributes got which action.</summary>
    public ActionCounts Actions => new(kept, removed, emptied, replaced, replacedUids, 0);

    /// <exception cref="PacsbinException">Quarantined if a rule says so.</exception>
    public void Run(DicomDataset to)
    {
        if (!TryAddCharacterSet(to) || !TryWalk(source.Dataset, to) || !TryInsert(to))
        {
            PassOn(to);
        }
    }

    /// <summary>Does what <c>@skip()</c> says: the original, as it is.</summary>
    private void PassOn(DicomDataset to)
    {
        while (to.Count > 0)
        {
            to.Remove(to[to.Count - 1].Tag);
        }

        (kept, removed, emptied, replaced, replacedUids) = (0, 0, 0, 0, 0);
        for (var i = 0; i < source.Dataset.Count; i++)
        {
            Leave(source.Dataset[i], to);
        }
    }

    private bool TryAddCharacterSet(DicomDataset to)
    {
        var element = new DicomElement(Tags.SpecificCharacterSet, Vr.CS, Latin1);
        return source.Dataset.Contains(element.Tag)
            || (script.ByTag.ContainsKey(element.Tag) ? TryWalk(element, source.Dataset, to) : Leave(element, to)); // options do not remove it
    }

    /// <summary>Adds what the data set lacks; false if a rule passes the original on.</summary>
    private bool TryInsert(DicomDataset to)
    {
        foreach (var (tag, rule) in script.Inserting)
        {
            if (source.Dataset.Contains(tag) || tag == Tags.SpecificCharacterSet || (ScriptOptions.IsOverlay(tag) && script.Script.Options.RemoveOverlays))
            {
                continue;
            }

            scope.Current = source.Dataset;
            var result = rule.Apply(scope, tag);
            if (Stops(result, tag))
            {
                return false;
            }

            var vr = ScriptValue.VrOf(tag, Vr.None, result.Text);
            if (vr == Vr.SQ)
            {
                if (tag == Tags.DeidentificationMethodCodeSequence ? result.Effect == ScriptEffect.Replace : rule.InsertsSequence)
                {
                    var sequence = new DicomSequence();
                    MethodCodes.AddTo(sequence, tag == Tags.DeidentificationMethodCodeSequence ? result.Text : "");
                    to.Set(new DicomElement(tag, vr, sequence));
                }
            }
            else if (result.Effect is ScriptEffect.Empty or ScriptEffect.Replace)
            {
                Store(result, new DicomElement(tag, vr, ReadOnlyMemory<byte>.Empty), to);
            }
        }

        return true;
    }

    private bool TryWalk(DicomDataset from, DicomDataset to)
    {
        for (var i = 0; i < from.Count; i++)
        {
            if (!TryWalk(from[i], from, to))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWalk(in DicomElement element, DicomDataset from, DicomDataset to)
    {
        var tag = element.Tag;
        if (tag.Value is 0xFFFAFFFA or 0xFFFCFFFC && ReferenceEquals(from, source.Dataset))
        {
            removed++; // CTP stops reading there
            return true;
        }

        var rule = script.Find(tag, from);
        if ((ScriptOptions.IsOverlay(tag) && script.Script.Options.RemoveOverlays) || (rule is null && script.Drops(tag, IsSafePrivate(tag, from))))
        {
            removed++;
            return true;
        }

        if (rule is null)
        {
            return Leave(element, to);
        }

        scope.Current = from;
        var result = rule.Apply(scope, tag);
        if (Stops(result, tag))
        {
            return false;
        }

        if (result.Effect == ScriptEffect.Remove)
        {
            removed++;
        }
        else if (result.Effect == ScriptEffect.Keep || tag.Value > 0x7FE00010)
        {
            return scope.WalksItems && element.Sequence is { } sequence ? TryWalkItems(element, sequence, to)
                : Leave(tag == Tags.SpecificCharacterSet && !CharacterSetTerms().IsMatch(Encoding.Latin1.GetString(element.Value.Span)) ? new DicomElement(tag, Vr.CS, Latin1) : element, to);
        }
        else
        {
            Store(result, element, to);
        }

        return true;
    }

    private bool TryWalkItems(in DicomElement element, DicomSequence sequence, DicomDataset to)
    {
        kept++;
        var copy = new DicomSequence { HasUndefinedLength = sequence.HasUndefinedLength };
        foreach (var item in sequence.Items)
        {
            var target = new DicomDataset(to, item.Count) { HasUndefinedLength = item.HasUndefinedLength };
            if (!TryWalk(item, target))
            {
                return false;
            }

            copy.Items.Add(target);
        }

        to.Set(new DicomElement(element.Tag, element.Vr, copy));
        return true;
    }

    /// <summary>Puts a rule's value in the place of an element's, or leaves that where the VR cannot hold it.</summary>
    private void Store(ScriptResult result, in DicomElement element, DicomDataset to)
    {
        var vr = ScriptValue.VrOf(element.Tag, element.Vr, result.Text);
        if (element.Sequence is { } sequence && element.Tag == Tags.DeidentificationMethodCodeSequence && result.Effect == ScriptEffect.Replace)
        {
            var codes = CopyOf(sequence, to);
            MethodCodes.AddTo(codes, result.Text);
            to.Set(new DicomElement(element.Tag, element.Vr, codes));
            replaced++;
        }
        else if (element.Sequence is not null && result.Effect == ScriptEffect.Empty)
        {
            Leave(element, to);
        }
        else if (element.Sequence is null && result.Effect == ScriptEffect.Empty)
        {
            emptied++;
            to.Set(new DicomElement(element.Tag, vr, vr == Vr.PN ? Space : ReadOnlyMemory<byte>.Empty));
        }
        else if (element.Sequence is null && ScriptValue.TryEncode(result.Text, vr, to.CharacterSet, out var value))
        {
            _ = vr == Vr.UI ? replacedUids++ : replaced++;
            to.Set(new DicomElement(element.Tag, vr, value));
        }
        else
        {
            findings.Note(FindingKind.ValueNotStored, element.Tag);
            Leave(element, to);
        }
    }

    private bool Leave(in DicomElement element, DicomDataset to)
    {
        kept++;
        if (ErasesPixels && PixelElements.IsPixelData(element.Tag) && (element.Fragments is not null || element.Tag != Tags.PixelData))
        {
            return true; // what is erased is written anew, with its offsets
        }

        to.Set(element.Sequence is { } sequence ? new DicomElement(element.Tag, element.Vr, CopyOf(sequence, to)) : element);
        return true;
    }

    /// <summary>A copy whose items can be changed, as erasing pixels does with icons, without changing the original.</summary>
    private static DicomSequence CopyOf(DicomSequence sequence, DicomDataset parent)
    {
        var copy = new DicomSequence { HasUndefinedLength = sequence.HasUndefinedLength };
        foreach (var item in sequence.Items)
        {
            var target = new DicomDataset(parent, item.Count) { HasUndefinedLength = item.HasUndefinedLength };
            for (var i = 0; i < item.Count; i++)
            {
                target.Append(item[i].Sequence is { } inner ? new DicomElement(item[i].Tag, item[i].Vr, CopyOf(inner, target)) : item[i]);
            }

            copy.Items.Add(target);
        }

        return copy;
    }

    private static bool Stops(ScriptResult result, Tag tag) =>
        result.Effect == ScriptEffect.Quarantine ? throw new PacsbinException(PacsbinError.Quarantined, $"The script withholds the file. {result.Text}", tag)
        : result.Effect == ScriptEffect.Skip;

    /// <summary>PS3.3 C.12.1.1.2; for anything else CTP writes Latin-1.</summary>
    [GeneratedRegex(@"^( *(ISO_IR \d+|ISO 2022 IR \d+|GB18030|GBK)? *(\\|$))+\0?$")]
    private static partial Regex CharacterSetTerms();

    private bool IsSafePrivate(Tag tag, DicomDataset dataset) => tag.IsPrivate && script.Script.Options.KeepSafePrivate
        && (tag.IsPrivateCreator ? SafePrivateAttributes.IsCreator(tag, dataset) : SafePrivateAttributes.TryGet(tag, dataset, out _));
}
