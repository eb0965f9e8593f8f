namespace Pacsbin.Redaction.Devices;

/// <summary>What the images of one kind of device have in common, and where text is burned into them.</summary>
/// <param name="Name">What the library calls it, at most 64 printable characters; signatures under one heading share its name.</param>
/// <param name="Line">The line of the library where it starts.</param>
/// <param name="Filter">Which files are meant.</param>
/// <param name="Regions">What is erased in them; none if the library exempts these files. The part beyond an image is left out.</param>
public sealed record DeviceSignature(string Name, int Line, DatasetFilter Filter, IReadOnlyList<RedactionRegion> Regions);
