using System.Buffers.Binary;

namespace Pacsbin.Deidentification.Codestreams;

/// <summary>Checks a lutAToBType or lutBToAType (ICC.1 10.12, 10.13): its parts lie inside it.</summary>
internal static class IccMultiFunctionTable
{
    private const int HeaderLength = 32;
    private const int MaxChannels = 15;

    public static bool IsValid(ReadOnlySpan<byte> element)
    {
        if (element.Length < HeaderLength || element[8] is 0 or > MaxChannels || element[9] is 0 or > MaxChannels)
        {
            return false;
        }

        // Offsets of B curves, matrix, M curves, CLUT and A curves; 0 if there is none.
        for (var part = 0; part < 5; part++)
        {
            var offset = BinaryPrimitives.ReadUInt32BigEndian(element[(12 + (4 * part))..]);
            if (offset != 0 && (offset < HeaderLength || offset > element.Length - 4))
            {
                return false;
            }
        }

        return true;
    }
}
