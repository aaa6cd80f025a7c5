// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What differs between images; umoci builds and unpacks them, and Python compares what it unpacked.</summary>
public sealed class CompareOciImageTests : IDisposable
{
    // A base image, and two that were made of it: files and folders added, changed in one way or another, removed, turned into something
    // else.
    private const string Build = """
        import os, random, subprocess, sys, shutil
        def run(*args): subprocess.run(args, check=True, stdout=subprocess.DEVNULL)
        def write(path, text):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as file: file.write(text)
        run('umoci', 'init', '--layout', 'images')
        run('umoci', 'new', '--image', 'images:base')
        run('umoci', 'unpack', '--image', 'images:base', 'bundle')
        for i in range(40): write('bundle/rootfs/d%d/f%d' % (i % 7, i), 'content %d' % i)
        os.symlink('d0/f0', 'bundle/rootfs/link')
        write('bundle/rootfs/gone/deep/a', 'a'); write('bundle/rootfs/gone/b', 'b')
        run('umoci', 'repack', '--image', 'images:base', 'bundle')
        for name, seed in (('one', 1), ('two', 2)):
            dice = random.Random(seed)
            shutil.rmtree('bundle')
            run('umoci', 'unpack', '--image', 'images:base', 'bundle')
            root = 'bundle/rootfs/'
            for i in range(40):
                path = root + 'd%d/f%d' % (i % 7, i)
                what = dice.randrange(8)
                if what == 0: os.remove(path)
                elif what == 1: write(path, 'CONTENT %d' % i)
                elif what == 2: write(path, 'longer content %d of %s' % (i, name))
                elif what == 3: os.chmod(path, 0o755)
                elif what == 4: os.chown(path, 1000 + seed, 7)
            for i in range(5): write(root + 'new%d/%s' % (i, name if i % 2 else 'both'), 'new %d' % i)
            if name == 'two':
                shutil.rmtree(root + 'gone'); os.remove(root + 'link'); os.symlink('d1/f1', root + 'link')
                shutil.rmtree(root + 'd6'); write(root + 'd6', 'a file now')
            run('umoci', 'repack', '--image', 'images:' + name, 'bundle')
        run('umoci', 'config', '--image', 'images:two', '--config.env', 'NEW=1', '--config.user', '1000')
        """;

    private const string Diff = """
        import os, stat, sys
        def tree(root):
            found = {}
            for folder, folders, files in os.walk(root):
                for name in folders + files:
                    path = os.path.join(folder, name)
                    info = os.lstat(path)
                    kind = stat.S_IFMT(info.st_mode)
                    found[os.path.relpath(path, root)] = (
                        kind, info.st_size if kind == stat.S_IFREG else 0, stat.S_IMODE(info.st_mode) if kind != stat.S_IFLNK else 0, (info.st_uid, info.st_gid),
                        os.readlink(path) if kind == stat.S_IFLNK else '', open(path, 'rb').read() if kind == stat.S_IFREG else b'')
            return found
        a, b = tree(sys.argv[1]), tree(sys.argv[2])
        for name in sorted(set(a) | set(b)):
            if name not in a: print('Added', name)
            elif name not in b: print('Removed', name)
            elif a[name] != b[name]:
                changes = [part for part, x, y in zip(('Type', 'Size', 'Mode', 'Owner', 'LinkTarget', 'Content'), a[name], b[name]) if x != y]
                print('Changed', name, 'Type' if 'Type' in changes else ','.join(changes))
        """;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [PeerTheory("umoci", "python3", Tool.Root)]
    [InlineData("base", "one")]
    [InlineData("one", "two")]
    [InlineData("two", "base")]
    public void Compare_ImagesOfOneBase_IsWhatTheUnpackedTreesDifferIn(string before, string after)
    {
        BuildImages();
        Tool.Run("umoci", "unpack", "--image", _engine.GetPath($"images:{before}"), _engine.GetPath("before"));
        Tool.Run("umoci", "unpack", "--image", _engine.GetPath($"images:{after}"), _engine.GetPath("after"));
        string[] expected = Lines(
            System.Text.Encoding.UTF8.GetString(Tool.RunIn(_engine.Folder, "python3", "-c", Diff, "before/rootfs", "after/rootfs")));

        string[] found = _engine.Run($"Compare-OciImage oci:images:{before} oci:images:{after} | Where-Object Kind -eq File")
            .Select(Describe)
            .Order(StringComparer.Ordinal)
            .ToArray();

        Assert.True(expected.Length > 20);
        Assert.Equal(expected.Order(StringComparer.Ordinal), found);
    }

    [PeerFact("umoci", "python3", Tool.Root)]
    public void Compare_ConfigsAndLayers_AreTold()
    {
        BuildImages();

        IReadOnlyList<PSObject> all = _engine.Run("Compare-OciImage oci:images:one oci:images:two");

        string[] configs = all.Where(item => item.Text("Kind") == "Config")
            .Select(item => $"{item.Text("Change")} {item.Text("Name")} {item.Text("Before")}>{item.Text("After")}")
            .ToArray();
        Assert.Contains("Added config.Env.NEW >1", configs);
        Assert.Contains("Added config.User >1000", configs);
        PSObject[] layers = all.Where(item => item.Text("Kind") == "Layer").ToArray();
        Assert.Equal(["Removed", "Added"], layers.Select(layer => layer.Text("Change")));
        Assert.All(layers, layer => Assert.StartsWith("sha256:", layer.Text("Name"), StringComparison.Ordinal));
        Assert.Empty(_engine.Run("Compare-OciImage oci:images:one oci:images:one"));
    }

    [PeerFact("umoci", "python3", Tool.Root)]
    public async Task Compare_InARegistry_FetchesNoLayerThatBothHave()
    {
        BuildImages();
        await using RegistryServer registry = await RegistryServer.StartAsync();
        registry.Load("team/app", LayoutImages.Open(_engine.GetPath("images")));
        _engine.Set("app", registry.Host + "/team/app");
        string shared = _engine.Run("(Get-OciManifest ${app}:base).Layers[0].Digest").Single().ToString();
        string[] expected = _engine.Run("Compare-OciImage oci:images:one oci:images:two | Where-Object Kind -eq File")
            .Select(item => item.Text("Name"))
            .ToArray();

        IReadOnlyList<PSObject> found = _engine.Run("Compare-OciImage ${app}:one ${app}:two | Where-Object Kind -eq File");

        Assert.DoesNotContain(registry.Requests, request => request.Path.Contains(shared, StringComparison.Ordinal));
        Assert.Subset(expected.ToHashSet(), found.Select(item => item.Text("Name")).ToHashSet());
        // What is certain is right, and what both have in layers of their own is certain.
        string[] exact = _engine.Run("Compare-OciImage oci:images:one oci:images:two | Where-Object Kind -eq File").Select(Describe)
            .ToArray();
        Assert.Subset(exact.ToHashSet(), found.Where(item => (bool)item.Value("IsExact")!).Select(Describe).ToHashSet());
        Assert.Contains(found, item => (bool)item.Value("IsExact")!);
        Assert.Contains(found, item => !(bool)item.Value("IsExact")!);
    }

    [PeerFact("umoci", "python3", Tool.Root)]
    public void Compare_Files_GoOnToOtherCmdlets()
    {
        BuildImages();

        _engine.Run(
            "Compare-OciImage oci:images:base oci:images:one -Path 'new*' | Where-Object { $_.After.Type -eq 'File' } | ForEach-Object "
                + "After | Export-OciImageFile out");

        Assert.Equal("new 1", File.ReadAllText(_engine.GetPath("out/new1/one")));
        Assert.Equal(5, Directory.GetFiles(_engine.GetPath("out"), "*", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("'oci:images:app', 'oci:images:other' | Compare-OciImage -DifferenceReference oci:images:base -Path gone")]
    [InlineData("Get-OciTag oci:images -Name app, other | Compare-OciImage -DifferenceReference oci:images:base -Path gone")]
    [InlineData(
        "'app', 'other' | ForEach-Object { [pscustomobject]@{ Image = \"oci:images:$_\" } } | Compare-OciImage -DifferenceReference "
            + "oci:images:base -Path gone")]
    [InlineData(
        "'app', 'other' | ForEach-Object { [pscustomobject]@{ Reference = \"oci:images:$_\"; DifferenceReference = 'oci:images:base' } } | "
            + "Compare-OciImage -Path gone")]
    public void Compare_ReferenceFromThePipeline_IsTheImageToBeginFrom(string script)
    {
        AddThree();

        Assert.Equal(["Removed", "Removed"], _engine.Run(script).Texts("Change"));
    }

    [Theory]
    [InlineData("'oci:images:app', 'oci:images:other' | Compare-OciImage oci:images:base -Path gone")]
    [InlineData("Get-OciTag oci:images -Name app, other | Compare-OciImage -Reference oci:images:base -Path gone")]
    public void Compare_DifferenceReferenceFromThePipeline_IsTheImageToCompareWith(string script)
    {
        AddThree();

        Assert.Equal(["Added", "Added"], _engine.Run(script).Texts("Change"));
    }

    [Fact]
    public void Compare_OneImageForBoth_IsAnError()
    {
        AddThree();

        Result result = _engine.Invoke("Get-OciTag oci:images -Name app | Compare-OciImage");

        Assert.StartsWith("InputObjectMissingMandatory,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Compare_ImageThatIsNotThere_IsAnErrorForThatOne()
    {
        _engine.Layout("images").Add("app", TestImage.App());

        Result result = _engine.Invoke("'oci:images:none', 'oci:images:app' | Compare-OciImage oci:images:app");

        result.Error.ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:images:none");
        Assert.Empty(result.Output);
    }

    private void AddThree()
    {
        Layout images = _engine.Layout("images");
        images.Add("base", new TestImage(TestLayer.Gzip(new TarBuilder().File("stays", "x"))));
        images.Add("app", new TestImage(TestLayer.Gzip(new TarBuilder().File("stays", "x").File("gone", "1"))));
        images.Add("other", new TestImage(TestLayer.Gzip(new TarBuilder().File("stays", "x").File("gone", "2"))));
    }

    private static string Describe(PSObject item)
    {
        string[] properties = ((IEnumerable<string>)item.Value("Properties")!).ToArray();
        return $"{item.Text("Change")} {item.Text("Name")} {string.Join(',', properties)}".TrimEnd();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void BuildImages() => Tool.RunIn(_engine.Folder, "python3", "-c", Build);
}
