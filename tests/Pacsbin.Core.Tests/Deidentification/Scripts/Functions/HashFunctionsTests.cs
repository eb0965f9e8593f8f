using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Deidentification.Scripts.Functions;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts.Functions;

public sealed class HashFunctionsTests
{
    [Fact]
    public void Results_are_those_of_the_cases_that_ctp_was_run_with()
    {
        var digest = ScriptDigest.Bare;
        Assert.Equal("1164086325", HashFunctions.Hash(digest, "PATID1", 10));
        Assert.Equal("Proj-2277568609", "Proj-" + HashFunctions.HashPatientId(digest, "99", "PATID1", 10));
        Assert.Equal("1613192914.62879281199229260709331501011823979299", HashFunctions.HashUid(digest, "1613192914", "1.2.840.113619.2.55.3.604688119.969.1268071029.320"));
        Assert.Equal("20160506", HashFunctions.HashDate(digest, "20200115", "PATID1"));
        Assert.Null(HashFunctions.HashDate(digest, "2020", "PATID1"));
    }

    [Fact]
    public void Keyed_digits_are_those_of_hmac_sha256()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var mac = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("script Text\0PATID1"));
        Assert.Equal(new BigInteger(mac.AsSpan(0, 16), isUnsigned: true, isBigEndian: true).ToString(System.Globalization.CultureInfo.InvariantCulture),
            HashFunctions.Hash(ScriptDigest.Keyed(key), "PATID1", -1));
    }

    [Fact]
    public void Keyed_digits_of_a_value_do_not_tell_its_date_shift()
    {
        var digest = ScriptDigest.Keyed(new byte[16]);
        var told = Enumerable.Range(0, 1000).Count(i =>
            -(int.Parse(HashFunctions.Hash(digest, $"P{i}", -1)[^4..], System.Globalization.CultureInfo.InvariantCulture) % 3650) == HashFunctions.DaysOf(digest, $"P{i}"));
        Assert.InRange(told, 0, 10);
    }

    [Fact]
    public void Date_shifts_are_one_day_to_ten_years()
    {
        foreach (var digest in new[] { ScriptDigest.Bare, ScriptDigest.Keyed(new byte[16]) })
        {
            Assert.All(Enumerable.Range(0, 5000), i => Assert.InRange(HashFunctions.DaysOf(digest, $"{i}"), -3649, -1));
        }
    }

    [Fact]
    public void Short_key_is_refused() => Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => ScriptDigest.Keyed(new byte[15])).Error);
}
