namespace Pacsbin.Tests.Redaction.Jpeg;

/// <summary>The coefficients of a component: 64 of each block in zigzag order, DC first and no difference.</summary>
internal sealed record DecodedComponent(int Id, int H, int V, int BlocksWide, int BlocksHigh, int[][] Blocks)
{
    public int DcStep { get; set; }

    public int[] At(int column, int row) => Blocks[(row * BlocksWide) + column];
}

/// <summary>Decodes the coefficients of sequential JPEG bit by bit, as T.81 describes it, with no thought of speed; for comparison.</summary>
internal sealed class CoefficientDecoder
{
    private readonly byte[] jpeg;
    private readonly Dictionary<int, Dictionary<(int Length, int Code), byte>> codes = [];
    private readonly int[] dcSteps = new int[4];
    private int at;
    private int bitsLeft;
    private int current;
    private int interval;

    private CoefficientDecoder(byte[] jpeg) => this.jpeg = jpeg;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public List<DecodedComponent> Components { get; } = [];

    /// <summary>The second bytes of all markers before and between scans.</summary>
    public List<byte> Markers { get; } = [];

    /// <summary>Symbols of each Huffman table, as they were defined.</summary>
    public List<byte[]> Symbols { get; } = [];

    public int MaxH => Components.Max(c => c.H);

    public int MaxV => Components.Max(c => c.V);

    public static CoefficientDecoder Decode(byte[] jpeg)
    {
        var decoder = new CoefficientDecoder(jpeg);
        decoder.Run();
        return decoder;
    }

    private void Run()
    {
        at = 2;
        while (true)
        {
            Expect(jpeg[at] == 0xFF, "marker");
            var marker = jpeg[at + 1];
            Markers.Add(marker);
            at += 2;
            if (marker == 0xD9)
            {
                return;
            }

            var length = (jpeg[at] << 8) | jpeg[at + 1];
            var body = jpeg[(at + 2)..(at + length)];
            at += length;
            switch (marker)
            {
                case 0xC0 or 0xC1:
                    Frame(body);
                    break;
                case 0xC4:
                    Tables(body);
                    break;
                case 0xDB:
                    Quantizations(body);
                    break;
                case 0xDD:
                    interval = (body[0] << 8) | body[1];
                    break;
                case 0xDA:
                    Scan(body);
                    break;
            }
        }
    }

    private void Frame(byte[] body)
    {
        (Height, Width) = ((body[1] << 8) | body[2], (body[3] << 8) | body[4]);
        var stated = Enumerable.Range(0, body[5]).Select(i => body[(6 + (3 * i))..(9 + (3 * i))]).ToArray();
        var (maxH, maxV) = (stated.Max(c => c[1] >> 4), stated.Max(c => c[1] & 15));
        foreach (var c in stated)
        {
            var (h, v) = stated.Length == 1 ? (1, 1) : (c[1] >> 4, c[1] & 15);
            var (mcuW, mcuH) = stated.Length == 1 ? (8, 8) : (8 * maxH, 8 * maxV);
            var (wide, high) = ((Width + mcuW - 1) / mcuW * h, (Height + mcuH - 1) / mcuH * v);
            Components.Add(new DecodedComponent(c[0], h, v, wide, high, [.. Enumerable.Range(0, wide * high).Select(_ => new int[64])]) { DcStep = -1 - c[2] });
        }
    }

    private void Tables(byte[] body)
    {
        for (var i = 0; i < body.Length;)
        {
            var table = codes[body[i]] = [];
            var counts = body[(i + 1)..(i + 17)];
            var first = i + 17;
            i = first;
            var code = 0;
            for (var length = 1; length <= 16; length++, code <<= 1)
            {
                for (var n = 0; n < counts[length - 1]; n++)
                {
                    table[(length, code++)] = body[i++];
                }
            }

            Symbols.Add(body[first..i]);
        }
    }

    private void Quantizations(byte[] body)
    {
        for (var i = 0; i < body.Length;)
        {
            var wide = body[i] >> 4 == 1;
            dcSteps[body[i] & 15] = wide ? (body[i + 1] << 8) | body[i + 2] : body[i + 1];
            i += wide ? 129 : 65;
        }
    }

    private void Scan(byte[] body)
    {
        var parts = Enumerable.Range(0, body[0]).Select(i => (
            Component: Components.Single(c => c.Id == body[1 + (2 * i)]),
            Dc: codes[body[2 + (2 * i)] >> 4],
            Ac: codes[0x10 | (body[2 + (2 * i)] & 15)])).ToArray();
        var dc = new int[parts.Length];
        foreach (var part in parts.Where(p => p.Component.DcStep < 0))
        {
            part.Component.DcStep = dcSteps[-1 - part.Component.DcStep];
        }

        var only = parts[0].Component;
        var single = parts.Length == 1;
        var (wide, high) = single
            ? (Blocks(Width, only.H, MaxH), Blocks(Height, only.V, MaxV))
            : (only.BlocksWide / only.H, only.BlocksHigh / only.V);
        bitsLeft = 0;
        for (var mcu = 0; mcu < wide * high; mcu++)
        {
            if (interval > 0 && mcu > 0 && mcu % interval == 0)
            {
                RequirePadding();
                Expect(jpeg[at] == 0xFF && jpeg[at + 1] == 0xD0 + (((mcu / interval) - 1) % 8), "restart marker");
                at += 2;
                Array.Clear(dc);
            }

            for (var p = 0; p < parts.Length; p++)
            {
                var c = parts[p].Component;
                for (var b = 0; b < (single ? 1 : c.H * c.V); b++)
                {
                    var column = single ? mcu % wide : (mcu % wide * c.H) + (b % c.H);
                    var row = single ? mcu / wide : (mcu / wide * c.V) + (b / c.H);
                    Block(c.At(column, row), parts[p].Dc, parts[p].Ac, ref dc[p]);
                }
            }
        }

        RequirePadding();
    }

    private static int Blocks(int pixels, int factor, int max) => ((((pixels * factor) + max - 1) / max) + 7) / 8;

    private void Block(int[] block, Dictionary<(int Length, int Code), byte> dcTable, Dictionary<(int Length, int Code), byte> acTable, ref int dc)
    {
        dc += Value(Symbol(dcTable));
        block[0] = dc;
        for (var k = 1; k < 64; k++)
        {
            var symbol = Symbol(acTable);
            if (symbol == 0)
            {
                break;
            }

            k += symbol >> 4;
            block[k] = Value(symbol & 15);
        }
    }

    private byte Symbol(Dictionary<(int Length, int Code), byte> table)
    {
        var code = 0;
        for (var length = 1; length <= 16; length++)
        {
            code = (code << 1) | Bit();
            if (table.TryGetValue((length, code), out var symbol))
            {
                return symbol;
            }
        }

        throw new InvalidDataException("No such code.");
    }

    private int Value(int category)
    {
        var value = 0;
        for (var i = 0; i < category; i++)
        {
            value = (value << 1) | Bit();
        }

        return category > 0 && value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
    }

    private int Bit()
    {
        if (bitsLeft == 0)
        {
            current = jpeg[at++];
            if (current == 0xFF)
            {
                Expect(jpeg[at++] == 0, "stuffing");
            }

            bitsLeft = 8;
        }

        return (current >> --bitsLeft) & 1;
    }

    // Strict: what follows the last block must be ones up to the byte's end, and then a marker.
    private void RequirePadding()
    {
        while (bitsLeft > 0)
        {
            Expect(Bit() == 1, "padding");
        }

        Expect(jpeg[at] == 0xFF && jpeg[at + 1] != 0, "marker after data");
    }

    private void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException($"Expected {what} at {at}.");
        }
    }
}
