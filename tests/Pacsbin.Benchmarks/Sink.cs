using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Benchmarks;

/// <summary>The fastest archive that there can be: of what it is sent it keeps the SOP Instance UIDs alone, and what it gives are the files of a folder.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private const int BufferLength = 256 * 1024;
    private const int LongestUid = 64;
    private const int Series = 4;
    private const string Boundary = "boundary";
    private static readonly byte[] InstanceUid = [0x02, 0x00, 0x03, 0x00, (byte)'U', (byte)'I'];
    private readonly Listener listener;
    private readonly string folder;
    private readonly List<string> instances;

    /// <param name="folder">A study of a workspace.</param>
    /// <param name="isFull">Whether it has the study already.</param>
    public Sink(string folder, bool isFull)
    {
        this.folder = folder;
        instances = isFull ? [.. Manifest.Read(folder)!.Files.Select(f => Path.GetFileNameWithoutExtension(f.Name))] : [];
        listener = new Listener(ServeAsync);
    }

    public Uri Root => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{listener.Port}/"));

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, int number, CancellationToken stop)
    {
        await using var stream = new NetworkStream(socket);
        var buffer = new byte[BufferLength];
        var have = 0;
        while (true)
        {
            int end;
            while ((end = buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(have), stop);
                if (read == 0)
                {
                    return;
                }

                have += read;
            }

            var head = Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n");
            have -= end + 4;
            buffer.AsSpan(end + 4, have).CopyTo(buffer);
            var address = new Uri(Root, head[0].Split(' ')[1]);
            if (head[0].StartsWith("POST", StringComparison.Ordinal))
            {
                var length = head.First(h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))["Content-Length:".Length..];
                await AnswerAsync(stream, await TakeAsync(stream, buffer, have, long.Parse(length, CultureInfo.InvariantCulture), stop), stop);
                have = 0;
            }
            else if (address.AbsolutePath.EndsWith("/instances", StringComparison.Ordinal))
            {
                await AnswerAsync(stream, List(int.Parse(address.Query[(address.Query.IndexOf("offset=", StringComparison.Ordinal) + 7)..], CultureInfo.InvariantCulture)), stop);
            }
            else
            {
                await GiveAsync(stream, int.Parse(address.AbsolutePath[(address.AbsolutePath.LastIndexOf('.') + 1)..], CultureInfo.InvariantCulture), stop);
            }
        }
    }

    /// <summary>Reads the body of a request, and finds the files' UIDs in the File Meta Information.</summary>
    private async Task<object> TakeAsync(NetworkStream stream, byte[] buffer, int have, long length, CancellationToken stop)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var left = length - have; ;)
        {
            FindUids(buffer.AsSpan(0, have), found);
            if (left == 0)
            {
                break;
            }

            var kept = Math.Min(have, LongestUid + InstanceUid.Length + 2); // a UID may end in what is still to come
            buffer.AsSpan(have - kept, kept).CopyTo(buffer);
            var read = await stream.ReadAsync(buffer.AsMemory(kept, (int)Math.Min(left, buffer.Length - kept)), stop);
            if (read == 0)
            {
                throw new IOException("The client went away.");
            }

            left -= read;
            have = kept + read;
        }

        lock (instances)
        {
            instances.AddRange(found);
        }

        return new Dictionary<string, object> { ["00081199"] = new { vr = "SQ", Value = found.Select(uid => Dataset(("00081155", uid))) } };
    }

    private static void FindUids(ReadOnlySpan<byte> bytes, HashSet<string> found)
    {
        for (int at; (at = bytes.IndexOf(InstanceUid)) >= 0 && bytes.Length >= at + InstanceUid.Length + 2 + LongestUid; bytes = bytes[(at + 1)..])
        {
            var value = bytes[(at + InstanceUid.Length)..];
            found.Add(Encoding.ASCII.GetString(value.Slice(2, value[0])).TrimEnd('\0'));
        }
    }

    private List<Dictionary<string, object>> List(int offset)
    {
        lock (instances)
        {
            return instances.Select((uid, i) => Dataset(("00080018", uid), ("0020000E", string.Create(CultureInfo.InvariantCulture, $"1.2.{i % Series}")))).Skip(offset).Take(500).ToList();
        }
    }

    private static Dictionary<string, object> Dataset(params (string Tag, string Uid)[] values) =>
        values.ToDictionary(v => v.Tag, v => (object)new { vr = "UI", Value = new[] { v.Uid } }, StringComparer.Ordinal);

    private static async Task AnswerAsync(NetworkStream stream, object content, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(content);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: {body.Length}\r\n\r\n")), stop);
        await stream.WriteAsync(body, stop);
    }

    private async Task GiveAsync(NetworkStream stream, int series, CancellationToken stop)
    {
        var files = instances.Where((_, i) => i % Series == series).Select(uid => Path.Combine(folder, uid + ".dcm")).ToList();
        var before = Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\nContent-Type: application/dicom\r\n\r\n");
        var after = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");
        var length = files.Sum(f => before.Length + new FileInfo(f).Length) + after.Length;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type=\"application/dicom\"; boundary={Boundary}\r\nContent-Length: {length}\r\n\r\n")), stop);
        foreach (var file in files)
        {
            await stream.WriteAsync(before, stop);
            await using var content = File.OpenRead(file);
            await content.CopyToAsync(stream, BufferLength, stop);
        }

        await stream.WriteAsync(after, stop);
    }
}
