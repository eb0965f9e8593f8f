using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class OrthancSendTests : ArchivingTests
{
    [Fact]
    public async Task What_arrives_is_byte_for_byte_what_was_approved()
    {
        await using var orthanc = await RequiredServer.OrthancAsync();
        MakeApproved(7);
        var result = await SendAsync(Client(orthanc.DicomWebRoot), c => new StudySend(c) { RequestInstances = 3, Rejected = Fail });
        Assert.Empty(Failures);
        Assert.Equal((7, 0, 0, true), (result!.Stored, result.Failed, result.Skipped, result.IsVerified));
        Assert.Equal(StudyState.Sent, Current.State);
        foreach (var file in Current.Files)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Join(Folder, file.Name), TestContext.Current.CancellationToken), await orthanc.StoredBytesAsync(Path.GetFileNameWithoutExtension(file.Name)));
        }
    }
}
