// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Files;

namespace OciPS.Provider;

/// <content>Items and their children.</content>
public sealed partial class OciProvider
{
    // A separate view: the files of one folder come from several layers.
    private const string ItemTypeName = "OciPS.OciImageFile#Drive";

    /// <inheritdoc/>
    protected override void GetItem(string path)
    {
        if (Find(path, followLast: false) is { } place)
        {
            Write(place, place.Node, path);
        }
    }

    /// <inheritdoc/>
    protected override object GetChildItemsDynamicParameters(string path, bool recurse) => new ChildItemParameters();

    /// <inheritdoc/>
    protected override object GetChildNamesDynamicParameters(string path) => new ChildItemParameters();

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse) => GetChildItems(path, recurse, uint.MaxValue);

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse, uint depth)
    {
        if (Find(path, followLast: true) is not { } place)
        {
            return;
        }

        if (!place.Node.IsDirectory)
        {
            GetItem(path);
            return;
        }

        WriteChildren(place, place.Node, path, recurse ? depth : 0, CreateFilter(place.Tree));
    }

    /// <inheritdoc/>
    protected override void GetChildNames(string path, ReturnContainers returnContainers)
    {
        if (Find(path, followLast: true) is not { } place)
        {
            return;
        }

        Func<FileNode, bool> filter = CreateFilter(place.Tree);
        foreach (FileNode child in place.Node.Children)
        {
            bool isFolder = IsFolder(place.Tree, child);
            if (filter(child) || (isFolder && returnContainers == ReturnContainers.ReturnAllContainers))
            {
                WriteItemObject(child.Name, Combine(path, child.Name), isFolder);
            }
        }
    }

    // Links are shown but not followed, so the recursion ends.
    private void WriteChildren(Place place, FileNode folder, string path, uint depth, Func<FileNode, bool> filter)
    {
        foreach (FileNode child in folder.Children)
        {
            if (Stopping)
            {
                return;
            }

            if (filter(child))
            {
                Write(place, child, Combine(path, child.Name));
            }
        }

        foreach (FileNode child in depth > 0 ? folder.Children.Where(child => child.IsDirectory) : [])
        {
            WriteChildren(place, child, Combine(path, child.Name), depth - 1, filter);
        }
    }

    private void Write(Place place, FileNode node, string path)
    {
        var item = new PSObject(new OciImageFile(place.Image.GetFile(node)));
        item.TypeNames.Insert(0, ItemTypeName);
        WriteItemObject(item, path, IsFolder(place.Tree, node));
    }

    /// <summary>The filter for -Filter, -File and -Directory.</summary>
    private Func<FileNode, bool> CreateFilter(FileTree tree)
    {
        var parameters = DynamicParameters as ChildItemParameters;
        bool files = parameters?.File ?? false;
        bool folders = parameters?.Directory ?? false;
        WildcardPattern? pattern = string.IsNullOrEmpty(Filter)
            ? null
            : new WildcardPattern(Filter, WildcardOptions.IgnoreCase | WildcardOptions.Compiled);
        return node => (!files || !IsFolder(tree, node))
            && (!folders || IsFolder(tree, node))
            && (pattern is null || pattern.IsMatch(node.Name));
    }

    // As for files on disk, a link to a folder counts as one.
    private static bool IsFolder(FileTree tree, FileNode node) => tree.Follow(node) is { IsDirectory: true };

    private static string Combine(string folder, string name) =>
        folder.EndsWith('/') || folder.EndsWith('\\') ? folder + name : folder + "/" + name;
}
