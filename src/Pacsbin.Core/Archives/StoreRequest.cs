using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>A STOW-RS request (PS3.18 10.5.1): files as parts of multipart/related, streamed from the disk, with a length that is known before.</summary>
internal static class StoreRequest
{
    /// <param name="address">The archive's <c>/studies</c>.</param>
    /// <param name="study">Whose files they are.</param>
    /// <param name="files">The files.</param>
    /// <param name="given">Told the bytes that go out.</param>
    /// <param name="asksFirst">Whether the archive may refuse before the body goes out (RFC 9110 10.1.1).</param>
    public static HttpRequestMessage Make(Uri address, ApprovedStudy study, IEnumerable<ManifestFile> files, Action<int> given, bool asksFirst)
    {
        var boundary = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var body = new MultipartContent("related", boundary);
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", $"multipart/related; type=\"application/dicom\"; boundary={boundary}"); // RFC 2045 wants no quotes here, and not every archive takes them
        foreach (var file in files)
        {
            body.Add(new ApprovedContent(study, file, given));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        request.Headers.ExpectContinue = asksFirst;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/dicom+json"));
        return request;
    }

    /// <summary>A file that is opened when its turn comes.</summary>
    private sealed class ApprovedContent : HttpContent
    {
        private const int BufferLength = 128 * 1024;
        private readonly ApprovedStudy study;
        private readonly ManifestFile file;
        private readonly Action<int> given;

        public ApprovedContent(ApprovedStudy study, ManifestFile file, Action<int> given)
        {
            (this.study, this.file, this.given) = (study, file, given);
            Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using var source = study.OpenFile(file, given);
            await source.CopyToAsync(stream, BufferLength, cancellationToken).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
