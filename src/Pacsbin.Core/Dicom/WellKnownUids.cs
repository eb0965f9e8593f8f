namespace Pacsbin.Dicom;

/// <summary>PLACEHOLDER until the table lands.</summary>
public static class WellKnownUids
{
    public static bool IsTransferSyntax(string uid) => uid.StartsWith("1.2.840.10008.1.2", StringComparison.Ordinal);
    public static string? NameOf(string uid) => null;
}
