"""The vault: files addressed by their hash, written once, never changed.

A file lies at `assets/<artist>/<sha256>`, in a folder of the home or in a bucket of an S3 server; putting the
same bytes twice is free, so a repeated step is.
"""

from noktvrn.storage.vault.files import CHUNK as CHUNK
from noktvrn.storage.vault.files import file_sha256 as file_sha256
from noktvrn.storage.vault.folder import STALE_S as STALE_S
from noktvrn.storage.vault.keeper import Held as Held
from noktvrn.storage.vault.keeper import Keeper as Keeper
from noktvrn.storage.vault.vault import Vault as Vault
from noktvrn.storage.vault.vault import open_vault as open_vault
