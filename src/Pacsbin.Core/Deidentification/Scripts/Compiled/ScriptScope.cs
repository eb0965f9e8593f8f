using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>Where rules are evaluated: a data set as it was read, an item of it, and the attribute whose rule it is.</summary>
internal sealed class ScriptScope
{
    private readonly DicomDataset root;
    private readonly DicomDataset? fileMeta;

    internal ScriptScope(DicomDataset root, DicomDataset? fileMeta)
    {
        this.root = root;
        this.fileMeta = fileMeta;
        Current = root;
    }

    /// <summary>The item, or the data set itself.</summary>
    internal DicomDataset Current { get; set; }

    /// <summary>The attribute that arguments call this.</summary>
    internal Tag This { get; set; }

    internal bool IsRoot => ReferenceEquals(Current, root);

    /// <summary>Why the rule cannot give a value; null for no reason.</summary>
    internal ScriptResult? Stop { get; set; }

    /// <summary>Whether what CTP cannot read, such as values of VR UN, is empty.</summary>
    internal bool IsExact { get; init; }

    /// <summary>Whether the rule wants the items of its sequence walked.</summary>
    internal bool WalksItems { get; set; }

    /// <summary>The value as text, several values joined by backslashes; null for an element that is absent or has items.</summary>
    /// <param name="argument">Null for one that names nothing.</param>
    internal string? Read(ElementArgument? argument) =>
        !TryFind(argument, out var element, out var owner) || element.Sequence is not null ? null
        : IsExact && element.Vr == Vr.UN && !element.Tag.IsPrivate ? ""
        : element.Vr == Vr.PN ? WithoutEmptyComponents(ElementText.Of(element, owner))
        : ElementText.Of(element, owner);

    internal bool Has(ElementArgument? argument) => TryFind(argument, out _, out _);

    /// <summary>As <see cref="Read(ElementArgument)"/>, but from the data set even in an item.</summary>
    internal string? ReadFromRoot(ElementArgument? argument) => Read(argument is null ? null : argument with { FromRoot = true });

    public override string ToString() => This.ToString();

    /// <summary>A name as CTP reads it: empty components at the end of a group are not there.</summary>
    private static string WithoutEmptyComponents(string names) => names.Contains('^', StringComparison.Ordinal)
        ? string.Join('\\', names.Split('\\').Select(name => string.Join('=', name.Split('=').Select(group => group.TrimEnd('^')))))
        : names;

    private bool TryFind(ElementArgument? argument, out DicomElement element, out DicomDataset owner)
    {
        owner = argument is { FromRoot: true } ? root : Current;
        element = default;
        return argument switch
        {
            null => false,
            { Path: null } => owner.TryGet(This, out element),
            { Path: var path } => path.TryFind(owner, fileMeta, out element, out owner),
        };
    }
}
