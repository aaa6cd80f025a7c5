// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The type of a layer's entry, as a parameter value.</summary>
public enum OciFileType
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>Another name of an earlier file.</summary>
    HardLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A marker that removes a file of a lower layer (image specification, "Whiteouts").</summary>
    Whiteout,

    /// <summary>Another type, which readers skip.</summary>
    Other,

    /// <summary>All types.</summary>
    All,
}
