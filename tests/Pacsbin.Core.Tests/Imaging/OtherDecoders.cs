using System.Text.Json;
using Xunit;

namespace Pacsbin.Tests.Imaging;

/// <summary>What other programs decoded of a file; no samples if none of them could.</summary>
/// <param name="Program">Who decoded it.</param>
/// <param name="Tolerance">By how much correct decoders differ.</param>
/// <param name="Samples">Little-endian cells, color by pixel.</param>
internal sealed record OtherDecoded(string Program, int Tolerance, byte[] Samples);

/// <summary>Has pydicom (native and RLE), djpeg (8-bit JPEG), dcmdjpeg (12-bit and lossless) or gdcmconv (what these refuse) decode files, in one process for all.</summary>
internal static class OtherDecoders
{
    // djpeg is told that components are RGB, so that it converts no color; it must not smooth what it upsamples.
    private const string Script = """
        import json, sys, warnings, subprocess, os
        import numpy, pydicom
        from pydicom.encaps import generate_pixel_data_frame
        warnings.simplefilter('ignore')
        import logging
        logging.disable(logging.CRITICAL)
        pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
        pydicom.config.convert_wrong_length_to_UN = True
        folder, paths = json.load(sys.stdin)

        def header(frame):
            at = 2
            while at + 4 < len(frame):
                if frame[at + 1] == 0xFF:
                    at += 1
                    continue
                if 0xC0 <= frame[at + 1] <= 0xCF and frame[at + 1] not in (0xC4, 0xC8, 0xCC):
                    return frame[at + 1], frame[at + 4]
                at += 2 + frame[at + 2] * 256 + frame[at + 3]

        def djpeg(frame):
            frame = bytes(frame).replace(b'JFIF\0', b'XFIF\0', 1).replace(b'Adobe', b'Xdobe', 1)
            frame = frame[:2] + b'\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0' + frame[2:]
            run = subprocess.run(['djpeg', '-dct', 'int', '-nosmooth', '-pnm'], input=frame, capture_output=True)
            if run.returncode or run.stderr:
                raise ValueError('djpeg')
            return run.stdout.split(b'\n', 3)[3]

        def dcmdjpeg(path, index):
            to = os.path.join(folder, 'dcmdjpeg')
            run = subprocess.run(['dcmdjpeg', '+cn', path, to], capture_output=True, text=True)
            if run.returncode or 'JPEG' in run.stderr.upper():
                raise ValueError('dcmdjpeg')
            return pydicom.dcmread(to).pixel_array

        def decode(path, index):
            ds = pydicom.dcmread(path, force=True)
            if 'TransferSyntaxUID' not in ds.file_meta:
                ds.file_meta.TransferSyntaxUID = '1.2.840.10008.1.2' if ds.is_implicit_VR else '1.2.840.10008.1.2.1'
            syntax = str(ds.file_meta.TransferSyntaxUID)
            if syntax == '1.2.840.10008.1.2.2' and ds.BitsAllocated == 8 and ds['PixelData'].VR == 'OW':
                to = os.path.join(folder, 'dcmconv') # pydicom forgets that words are swapped
                subprocess.run(['dcmconv', '+te', path, to], check=True, capture_output=True)
                ds = pydicom.dcmread(to)
            if syntax.startswith('1.2.840.10008.1.2.4.') and int(syntax[20:].split('.')[0]) <= 70:
                frames = list(generate_pixel_data_frame(ds.PixelData, int(ds.get('NumberOfFrames') or 1)))
                process, precision = header(frames[0])
                if process in (0xC0, 0xC1, 0xC2) and precision == 8:
                    cells = numpy.frombuffer(b''.join(djpeg(f) for f in frames), 'u1')
                    return 'djpeg', 1, cells.astype('<u%d' % (ds.BitsAllocated // 8)).tobytes()
                array = dcmdjpeg(path, index)
                return 'dcmdjpeg', 0 if process == 0xC3 else 1, array.astype(array.dtype.newbyteorder('<')).tobytes()
            array = ds.pixel_array
            return 'pydicom', 0, array.astype(array.dtype.newbyteorder('<')).tobytes()

        def gdcm(path):
            if not str(pydicom.dcmread(path).file_meta.TransferSyntaxUID).startswith('1.2.840.10008.1.2.4.'):
                raise ValueError('gdcmconv')
            to = os.path.join(folder, 'gdcm')
            subprocess.run(['gdcmconv', '--raw', path, to], check=True, capture_output=True)
            array = pydicom.dcmread(to).pixel_array
            return 'gdcmconv', 1, array.astype(array.dtype.newbyteorder('<')).tobytes()

        for index, path in enumerate(paths):
            try:
                try:
                    program, tolerance, samples = decode(path, index)
                except Exception as first:
                    try:
                        program, tolerance, samples = gdcm(path)
                    except Exception:
                        raise first
                open(os.path.join(folder, str(index)), 'wb').write(samples)
                print(json.dumps([program, tolerance]), flush=True)
            except Exception as e:
                print(json.dumps([str(type(e).__name__) + ' ' + str(e)[:200], -1]), flush=True)
        """;

    /// <summary>Decodes files; a negative tolerance says that none of the programs could.</summary>
    public static List<OtherDecoded> Decode(IReadOnlyList<string> paths)
    {
        Peer.RequirePython("pydicom, numpy");
        Codestreams.Decoder.Require("djpeg", "dcmdjpeg", "dcmconv", "gdcmconv");
        var folder = Directory.CreateTempSubdirectory("pacsbin-frames-").FullName;
        try
        {
            var result = Peer.Run(Peer.Python, ["-c", Script], JsonSerializer.Serialize(new object[] { folder, paths }));
            Assert.True(result.ExitCode == 0, result.Error);
            return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, index) =>
            {
                var values = JsonSerializer.Deserialize<JsonElement[]>(line)!;
                var samples = Path.Combine(folder, $"{index}");
                return new OtherDecoded(values[0].GetString()!, values[1].GetInt32(), File.Exists(samples) ? File.ReadAllBytes(samples) : []);
            })];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
