using System.Net;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Endpoints;

public sealed class FrameEndpointsTests
{
    [Theory]
    [InlineData("", "image/png", null, null, false, false)]
    [InlineData("?format=png&windowCenter=100&windowWidth=50", "image/png", 100.0, 50.0, false, false)]
    [InlineData("?invert=true", "image/png", null, null, false, true)]
    [InlineData("?fullRange=true", "image/png", null, null, true, false)]
    [InlineData("?format=jpeg", "image/jpeg", null, null, false, false)]
    public async Task Frame_is_what_the_core_renders(string query, string mediaType, double? center, double? width, bool fullRange, bool invert)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(frames: 2);
        using var response = await server.Client.GetAsync($"{StudyEndpointsTests.InstanceOf(copy)}/frames/2{query}", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, mediaType), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var file = DicomFile.Open(copy.Series[0].Instances[0].Path);
        var expected = FrameRenderer.Open(file)!.Render(1, new RenderOptions { WindowCenter = center, WindowWidth = width, FullRange = fullRange, Invert = invert })
            .Encode(new PictureOptions { Format = mediaType == "image/png" ? PictureFormat.Png : PictureFormat.Jpeg });
        Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", "105", "190")] // no window of its own: from the lowest value, 10, to the highest, 200
    [InlineData("?windowCenter=100.5&windowWidth=50", "100.5", "50")]
    public async Task Window_that_was_used_is_told(string query, string center, string width)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        using var response = await server.Client.GetAsync($"{StudyEndpointsTests.InstanceOf(copy)}/frames/1{query}", TestContext.Current.CancellationToken);
        Assert.Equal((center, width, "1"), (Header("Window-Center"), Header("Window-Width"), Header("Pixel-Aspect")));

        string Header(string name) => Assert.Single(response.Headers.GetValues(name));
    }

    [Fact]
    public async Task Inverted_frame_is_the_negative_of_the_other()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        using var file = DicomFile.Open(copy.Series[0].Instances[0].Path);
        var renderer = FrameRenderer.Open(file)!;
        var (plain, inverted) = (renderer.Render(0), renderer.Render(0, new RenderOptions { Invert = true }));
        Assert.Equal(plain.Pixels.ToArray().Select(p => (byte)(255 - p)), inverted.Pixels.ToArray());
        var gray = new byte[renderer.Rows * renderer.Columns];
        renderer.RenderGray(0, gray, new RenderOptions { Invert = true });
        Assert.Equal(inverted.Pixels.ToArray(), gray);
    }

    [Fact]
    public async Task Width_scales_the_picture()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var png = await server.Client.GetByteArrayAsync($"{StudyEndpointsTests.InstanceOf(copy)}/frames/1?width=15", TestContext.Current.CancellationToken);
        Assert.Equal((15, 10), (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)))); // IHDR
    }

    [Theory]
    [InlineData("0", HttpStatusCode.BadRequest)]
    [InlineData("3", HttpStatusCode.BadRequest)]
    [InlineData("-1", HttpStatusCode.BadRequest)]
    [InlineData("x", HttpStatusCode.BadRequest)]
    [InlineData("99999999999", HttpStatusCode.BadRequest)]
    [InlineData("1?format=gif", HttpStatusCode.BadRequest)]
    [InlineData("1?width=0", HttpStatusCode.BadRequest)]
    [InlineData("1?width=100000", HttpStatusCode.BadRequest)]
    [InlineData("1?windowCenter=5", HttpStatusCode.BadRequest)]
    [InlineData("1?windowCenter=5&windowWidth=0", HttpStatusCode.BadRequest)]
    [InlineData("1?windowCenter=NaN&windowWidth=5", HttpStatusCode.BadRequest)]
    [InlineData("1?windowCenter=5&windowWidth=5&fullRange=true", HttpStatusCode.BadRequest)]
    [InlineData("1?invert=yes", HttpStatusCode.BadRequest)]
    [InlineData("1?inverted=true", HttpStatusCode.BadRequest)]
    public async Task Frame_that_is_not_there_or_not_understood_is_refused(string frame, HttpStatusCode expected)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(frames: 2);
        await server.SendAsync(HttpMethod.Get, $"{StudyEndpointsTests.InstanceOf(copy)}/frames/{frame}", null, expected);
    }

    [Fact]
    public async Task Files_that_the_manifest_does_not_list_are_not_shown()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        File.Copy(server.Studies.Add("2.dcm", instance: 2), Path.Join(copy.Path, "1.2.1.1.2.dcm"));
        await server.RefusedAsync(HttpMethod.Get, $"/v1/studies/{copy.StudyInstanceUid}/series/1.2.1.1/instances/1.2.1.1.2/frames/1", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Fact]
    public async Task Link_in_the_place_of_a_file_is_not_followed()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var file = copy.Series[0].Instances[0].Path;
        var elsewhere = Path.Join(server.Studies.Root, "elsewhere.dcm");
        File.Move(file, elsewhere);
        File.CreateSymbolicLink(file, elsewhere);
        await server.RefusedAsync(HttpMethod.Get, $"{StudyEndpointsTests.InstanceOf(copy)}/frames/1", null, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
        await server.RefusedAsync(HttpMethod.Get, $"{StudyEndpointsTests.InstanceOf(copy)}/attributes", null, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
    }

    [Fact]
    public async Task Pixels_that_cannot_be_decoded_are_a_problem_with_its_place()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var path = copy.Series[0].Instances[0].Path;
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().LastIndexOf("\x28\0\x10\0"u8) + 8] = 200; // Rows
        File.WriteAllBytes(path, bytes);
        using var response = await server.Client.GetAsync($"{StudyEndpointsTests.InstanceOf(copy)}/frames/1", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }
}
