// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Content of files that is read on other threads, later, or by several at once: it is what was put into the image.</summary>
[Collection(Alone.Name)]
[Trait("Speed", "Slow")]
public sealed class LiveContentTests : IAsyncLifetime, IDisposable
{
    private const int Layers = 3;
    private const int FilesPerLayer = 12;

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();
    private readonly Engine _engine = new();
    private readonly SortedSet<string> _expected = new(StringComparer.Ordinal);
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        images.Tag("1", images.Image("linux/amd64", [
            .. Enumerable.Range(0, Layers).Select(layer => images.Layer([.. Enumerable.Range(0, FilesPerLayer).Select(file =>
        {
            string name = $"layer{layer}/file{file}";
            string content = string.Concat(
                Enumerable.Range(0, 20 + (file * 700)).Select(line => string.Create(CultureInfo.InvariantCulture, $"{name} {line};")));
            _expected.Add($"{name}={content}");
            return (name, content);
        })]))]));
        _registry = await RegistryServer.StartAsync();
        _registry.Load("team/app", images);
        _engine.Set("app", $"{_registry.Host}/team/app:1");
        _engine.Set("module", Engine.ModulePath);
        _engine.Set("folder", _engine.Folder);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose()
    {
        _engine.Dispose();
        _environment.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, string>();
            foreach (string image in new[] { "$app", "oci:${folder}/images:1" })
            {
                foreach (string cache in new[] { "off", "cold", "warm" })
                {
                    foreach (string script in Scripts)
                    {
                        cells.Add(cache, image, script);
                    }
                }
            }

            return cells;
        }
    }

    private static IEnumerable<string> Scripts =>
    [
        "Get-OciImageFile IMAGE | ForEach-Object { \"$($_.FullName)=$($_.ReadAllText())\" }",
        "1..3 | ForEach-Object -Parallel { Import-Module $using:module; $app = $using:app; $folder = $using:folder; Get-OciImageFile IMAGE "
            + "} | ForEach-Object { \"$($_.FullName)=$($_.ReadAllText())\" }",
        "Get-OciImageFile IMAGE | ForEach-Object -Parallel { \"$($_.FullName)=$($_.ReadAllText())\" }",
        "$files = Get-OciImageFile IMAGE; $files | ForEach-Object -Parallel { \"$($_.FullName)=$($_.ReadAllText())\" }",
        "$files = Get-OciImageFile IMAGE; $files | ForEach-Object { \"$($_.FullName)=$($_.ReadAllText())\" }",
    ];

    [Theory]
    [MemberData(nameof(Cells))]
    public void ReadAllText_WhereverItIsRead_IsTheContent(string cache, string image, string script)
    {
        _environment.Set(NoLayerCache.Variable, cache == "off" ? cache : _folder["cache"]);
        if (cache == "warm")
        {
            _engine.Run($"$null = Get-OciImageFile {image}");
        }

        string[] read = [.. _engine.Run(script.Replace("IMAGE", image, StringComparison.Ordinal)).Select(item => (string)item.BaseObject)];

        Assert.Equal(_expected, read.ToHashSet());
        Assert.Equal(_expected.Count * (script.StartsWith("1..3", StringComparison.Ordinal) ? 3 : 1), read.Length);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("warm")]
    public void OpenRead_StreamsThatAreReadLater_GoOnWhereTheyWere(string cache)
    {
        UseCache(cache);

        IEnumerable<string> read = _engine.Run("""
            $open = Get-OciImageFile $app | ForEach-Object {
                $stream = $_.OpenRead()
                $begin = [byte[]]::new(10)
                $null = $stream.Read($begin, 0, 10)
                [pscustomobject]@{ Name = $_.FullName; Begin = [Text.Encoding]::UTF8.GetString($begin); Stream = $stream }
            }
            $open | ForEach-Object { "$($_.Name)=$($_.Begin)$([IO.StreamReader]::new($_.Stream).ReadToEnd())" }
            """).Select(item => (string)item.BaseObject);

        Assert.Equal(_expected, read.ToHashSet());
    }

    [Theory]
    [InlineData("off")]
    [InlineData("warm")]
    public void OpenRead_TwoReadersInTurns_BothGetTheContent(string cache)
    {
        UseCache(cache);

        IEnumerable<string> read = _engine.Run("""
            Get-OciImageFile $app | ForEach-Object {
                $readers = $_.OpenRead(), $_.OpenRead() | ForEach-Object { [IO.StreamReader]::new($_) }
                $texts = '', ''
                while ($readers[0].Peek() -ge 0 -or $readers[1].Peek() -ge 0) {
                    foreach ($i in 0, 1) { $part = [char[]]::new(3000); $count = $readers[$i].Read($part, 0, 3000); $texts[$i] += [string]::new($part, 0, $count) }
                }
                "$($_.FullName)=$($texts[0])"
                "$($_.FullName)=$($texts[1])"
            }
            """).Select(item => (string)item.BaseObject);

        Assert.Equal(_expected, read.ToHashSet());
        Assert.Equal(_expected.Count * 2, read.Count());
    }

    [Theory]
    [InlineData("off")]
    [InlineData("warm")]
    public void Export_InThePipeline_ReadsEachLayerOnce(string cache)
    {
        UseCache(cache);
        int before = Downloads;

        _engine.Run("$null = Get-OciImageFile $app | Export-OciImageFile out");

        Assert.All(
            _expected,
            file => Assert.Equal(file, $"{file.Split('=')[0]}={File.ReadAllText(_engine.GetPath("out/" + file.Split('=')[0]))}"));
        Assert.Equal(Layers, Downloads - before);
    }

    [Fact]
    public void ReadAllText_InThePipeline_ReadsEachLayerOnce()
    {
        _engine.Run("Get-OciImageFile $app | ForEach-Object { $null = $_.ReadAllText() }");

        Assert.Equal(Layers, Downloads);
    }

    private int Downloads =>
        _registry.Requests.Count(request => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal));

    private void UseCache(string cache)
    {
        _environment.Set(NoLayerCache.Variable, cache == "off" ? cache : _folder["cache"]);
        if (cache == "warm")
        {
            _engine.Run("$null = Get-OciImageFile $app");
        }
    }
}
